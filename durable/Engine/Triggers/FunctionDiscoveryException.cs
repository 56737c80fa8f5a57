namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Functions cannot be served as they are written; the message names each method and parameter.</summary>
/// <param name="problems">What is wrong, a line each.</param>
public sealed class FunctionDiscoveryException(IReadOnlyList<string> problems)
    : InvalidOperationException(string.Join(Environment.NewLine, problems.Prepend("Functions cannot be served:")))
{
    /// <summary>What is wrong, a line each.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
