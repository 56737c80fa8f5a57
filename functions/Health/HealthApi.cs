using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Functions.Http;

namespace Orchestrator.Functions.Health;

/// <summary>Health for probes and load balancers, without a key.</summary>
public sealed class HealthApi
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>200: the process serves requests.</summary>
    [Function("GetLive")]
    [SuppressMessage("Style", "IDE0060", Justification = "The parameter is the trigger.")]
    public IResult GetLive([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        Answers.Ok(new { status = "live" });

    /// <summary>200: the durable engine answers, so that what is asked for can be begun; 503 otherwise. A cluster that is away does not count: its runs wait.</summary>
    [Function("GetReady")]
    public async Task<IResult> GetReadyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request,
        [DurableClient] DurableTaskClient client)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted);
        deadline.CancelAfter(Deadline);
        try
        {
            // Any id does: the question is whether the store answers.
            await client.GetInstanceAsync("health", deadline.Token);
            return Answers.Ok(new { status = "ready" });
        }
        catch (Exception) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // Why stands in the engine's log; a probe without a key learns no more than that.
            return TypedResults.Problem(title: "Not ready.", detail: "The durable engine does not answer.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
