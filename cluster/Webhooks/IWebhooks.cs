using Orchestrator.Domain.Canaries;

namespace Orchestrator.Cluster.Webhooks;

/// <summary>The endpoints of others that canaries call.</summary>
public interface IWebhooks
{
    /// <summary>
    /// Calls one endpoint. Trouble that may pass is sat out within its timeout. Whatever keeps a success from coming is an answer too; nothing is thrown
    /// but cancellation.
    /// </summary>
    Task<WebhookAnswer> CallAsync(Webhook webhook, WebhookPayload payload, CancellationToken cancellationToken);
}
