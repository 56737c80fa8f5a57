using Microsoft.Azure.Functions.Worker;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>What a key opens, as on the Functions host.</summary>
/// <param name="Kind">The kind of key.</param>
/// <param name="Function">The function of a function key.</param>
internal sealed record KeyScope(KeyKind Kind, string? Function = null)
{
    private const string FunctionPrefix = "function:";

    /// <summary>How a scope is written.</summary>
    public const string Forms = "host, system or function:NAME";

    public static KeyScope Master { get; } = new(KeyKind.Master);

    public static KeyScope Host { get; } = new(KeyKind.Host);

    public static KeyScope System { get; } = new(KeyKind.System);

    /// <summary>Reads a scope; null when it is none.</summary>
    public static KeyScope? Parse(string text) => text.ToLowerInvariant() switch
    {
        "master" => Master,
        "host" => Host,
        "system" => System,
        _ when text.StartsWith(FunctionPrefix, StringComparison.OrdinalIgnoreCase) && text.Length > FunctionPrefix.Length =>
            new(KeyKind.Function, text[FunctionPrefix.Length..]),
        _ => null,
    };

    /// <summary>Whether a key of this scope opens an endpoint. Anonymous ones need none.</summary>
    /// <param name="requirement">What the endpoint asks for; null for an unknown path, which any key of the host may find out to be unknown.</param>
    public bool Opens(KeyRequirement? requirement) => (Kind, requirement?.Level ?? AuthorizationLevel.Function) switch
    {
        (KeyKind.Master, _) => true,
        (KeyKind.System, AuthorizationLevel.System) => true,
        (KeyKind.Host, AuthorizationLevel.Function) => true,
        (KeyKind.Function, AuthorizationLevel.Function) => string.Equals(Function, requirement?.Function, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    public override string ToString() => Kind is KeyKind.Function ? FunctionPrefix + Function : $"{Kind}".ToLowerInvariant();
}

/// <summary>The kinds of keys.</summary>
internal enum KeyKind
{
    /// <summary>Opens everything.</summary>
    Master,

    /// <summary>Opens every function.</summary>
    Host,

    /// <summary>Opens the management API.</summary>
    System,

    /// <summary>Opens one function.</summary>
    Function,
}
