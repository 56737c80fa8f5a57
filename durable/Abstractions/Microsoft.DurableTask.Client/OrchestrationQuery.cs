namespace Microsoft.DurableTask.Client;

/// <summary>Which instances to list.</summary>
/// <param name="CreatedFrom">Started at this time or later.</param>
/// <param name="CreatedTo">Started at this time or earlier.</param>
/// <param name="Statuses">In one of these statuses; <c>null</c>: in any.</param>
/// <param name="TaskHubNames">Of these task hubs; <c>null</c>: of any.</param>
/// <param name="InstanceIdPrefix">Whose id begins with this.</param>
/// <param name="PageSize">How many a page has.</param>
/// <param name="FetchInputsAndOutputs">Whether the payloads are wanted; default <c>false</c>.</param>
/// <param name="ContinuationToken">Where to go on, from an earlier page.</param>
public record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = default,
    DateTimeOffset? CreatedTo = default,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = default,
    IEnumerable<string>? TaskHubNames = default,
    string? InstanceIdPrefix = default,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = default)
{
    /// <summary>How many instances a page has unless the query says otherwise.</summary>
    public const int DefaultPageSize = 100;
}
