using k8s.Authentication;

namespace Orchestrator.Cluster.Metrics;

/// <summary>Says with every request who asks.</summary>
internal sealed class BearerHandler(ITokenProvider tokens, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = await tokens.GetAuthenticationHeaderAsync(cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
