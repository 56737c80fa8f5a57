using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Metrics;

/// <summary>The meter as Prometheus reads it; see <c>docs/metrics.md</c>.</summary>
public sealed class MetricsApi(RunningGauges gauges, Access access)
{
    [Function("GetMetrics")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "metrics")] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        if (await access.RefuseAsync(request, Permission.ReadMetrics) is { } refusal)
        {
            return refusal;
        }

        await gauges.LookAsync(client).WaitAsync(request.HttpContext.RequestAborted);
        return TypedResults.Bytes(await PrometheusText.OfAsync(gauges.Meter, request.HttpContext.RequestAborted), PrometheusText.MediaType);
    }
}
