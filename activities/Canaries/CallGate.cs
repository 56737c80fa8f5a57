using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster.Webhooks;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Canaries;

/// <summary>A gate and what it is told.</summary>
public sealed record GateCall(Gate Gate, WebhookPayload Payload);

/// <summary>Asks a gate once. Done: it lets the run pass, or has heard; otherwise the report says what it answered.</summary>
public sealed class CallGate(IWebhooks webhooks)
{
    [Function(nameof(CallGate))]
    public async Task<StepReport> RunAsync([ActivityTrigger] GateCall call, FunctionContext context)
    {
        var answer = await webhooks.CallAsync(call.Gate.Webhook, call.Payload, context.CancellationToken);
        return answer.Error is { } error ? StepReport.Waiting(error) : StepReport.Done("Passed");
    }
}

public static class CallGateCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="CallGate"/>
        public Task<StepReport> CallGateAsync(GateCall call) => context.CallActivityAsync<StepReport>(nameof(CallGate), call, CanaryCalls.Retried);
    }
}
