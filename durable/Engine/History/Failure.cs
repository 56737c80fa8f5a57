using System.Text.Json;

namespace Orchestrator.Durable.Engine.History;

/// <summary>An exception as data: what is stored of it, and what crosses from one instance to another.</summary>
/// <param name="ErrorType">The full name of the exception's type, or a name of the engine such as <c>ActivityTaskNotFound</c>.</param>
/// <param name="Message">The exception's message.</param>
public sealed record Failure(string ErrorType, string Message)
{
    /// <summary>The stack trace, when there was one.</summary>
    public string? StackTrace { get; init; }

    /// <summary>The failure behind this one.</summary>
    public Failure? Inner { get; init; }

    /// <summary>Further facts that were attached to the exception.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Properties { get; init; }
}
