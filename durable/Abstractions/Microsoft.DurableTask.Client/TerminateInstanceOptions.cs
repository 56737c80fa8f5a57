namespace Microsoft.DurableTask.Client;

/// <summary>How to terminate.</summary>
/// <param name="Output">What the instance shows as its result, usually the reason.</param>
/// <param name="Recursive">Whether sub-orchestrations end too; default <c>false</c>. The Azure Functions host ignores it.</param>
public record TerminateInstanceOptions(object? Output = default, bool Recursive = false);
