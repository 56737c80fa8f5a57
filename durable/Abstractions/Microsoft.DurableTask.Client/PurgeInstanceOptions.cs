namespace Microsoft.DurableTask.Client;

/// <summary>How to purge.</summary>
/// <param name="Recursive">Whether sub-orchestrations go too; default <c>false</c>.</param>
public record PurgeInstanceOptions(bool Recursive = false);
