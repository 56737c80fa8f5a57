using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>What is known of instances.</summary>
internal static class QueryEndpoints
{
    private const string ContinuationHeader = "x-ms-continuation-token";
    private const int RetryAfterSeconds = 5;

    // What is beyond it comes with the continuation token: no answer grows with the store.
    private const int LargestPage = 10_000;

    internal static async Task<IResult> GetAsync(
        string instanceId, HttpRequest request, DurableTaskClient client, CancellationToken cancellation)
    {
        var showInput = request.ReadQuery<bool>("showInput") ?? true;
        var showHistory = request.ReadQuery<bool>("showHistory") ?? false;
        var showHistoryOutput = request.ReadQuery<bool>("showHistoryOutput") ?? false;
        var failuresAre500 = request.ReadQuery<bool>("returnInternalServerErrorOnFailure") ?? false;
        if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellation) is not { } metadata)
        {
            return Refusal.NoInstance(instanceId);
        }

        if (!metadata.IsCompleted)
        {
            var headers = request.HttpContext.Response.Headers;
            headers.Location = ManagementUris.For(request, instanceId).StatusQueryGetUri;
            headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        var code = metadata switch
        {
            { IsCompleted: false } => StatusCodes.Status202Accepted,
            { RuntimeStatus: OrchestrationRuntimeStatus.Failed } when failuresAre500 => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status200OK,
        };
        var status = InstanceStatus.Of(metadata, showInput);
        if (showHistory)
        {
            status = status with { HistoryEvents = History(request, instanceId, showHistoryOutput) };
        }

        return TypedResults.Json(status, InstanceStatus.Wire, statusCode: code);
    }

    private static JsonArray? History(HttpRequest request, string instanceId, bool showOutput)
    {
        var reader = request.HttpContext.RequestServices.GetRequiredService<HistoryReader>();
        return reader.Find(instanceId) is { } instance ? InstanceTimeline.Of(reader.Events(instance), showOutput) : null;
    }

    internal static async Task<IResult> ListAsync(HttpRequest request, DurableTaskClient client, CancellationToken cancellation)
    {
        var showInput = request.ReadQuery<bool>("showInput") ?? true;
        var top = request.ReadQuery<int>("top") ?? OrchestrationQuery.DefaultPageSize;
        if (top <= 0)
        {
            return Refusal.Invalid($"The query parameter 'top' is '{top}': give a whole number of at least 1.");
        }

        var query = new OrchestrationQuery(
            CreatedFrom: request.ReadQuery<DateTimeOffset>("createdTimeFrom"),
            CreatedTo: request.ReadQuery<DateTimeOffset>("createdTimeTo"),
            Statuses: request.ReadStatuses(),
            InstanceIdPrefix: request.ReadQuery("instanceIdPrefix"),
            PageSize: Math.Min(top, LargestPage),
            FetchInputsAndOutputs: true,
            ContinuationToken: request.Headers[ContinuationHeader].ToString() is { Length: > 0 } token ? token : null);
        try
        {
            await using var pages = client.GetAllInstancesAsync(query)
                .AsPages(query.ContinuationToken, query.PageSize)
                .GetAsyncEnumerator(cancellation);
            var page = await pages.MoveNextAsync() ? pages.Current : new([]);
            request.HttpContext.Response.Headers[ContinuationHeader] = page.ContinuationToken;
            return TypedResults.Json(page.Values.Select(metadata => InstanceStatus.Of(metadata, showInput)), InstanceStatus.Wire);
        }
        catch (ArgumentException)
        {
            return Refusal.Invalid($"The header '{ContinuationHeader}' is '{query.ContinuationToken}': give it as it came with the page before.");
        }
    }
}
