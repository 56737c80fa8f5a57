namespace Orchestrator.Functions.Identity;

/// <summary>
/// What a host knows of a caller before the app sees the request: a feature of the request. Where no host sets it, the platform has asked for
/// a key and does not tell which one it was, as Azure does.
/// </summary>
public sealed record HostCaller
{
    private HostCaller(string? key, bool asksForKeys) => (Key, AsksForKeys) = (key, asksForKeys);

    /// <summary>The host asks nobody.</summary>
    public static HostCaller Anybody { get; } = new(null, false);

    /// <summary>The host asks for keys, and the caller sent none.</summary>
    public static HostCaller WithoutKey { get; } = new(null, true);

    /// <summary>The identity of the key, e.g. <c>key:ci</c>; null without one.</summary>
    public string? Key { get; }

    /// <summary>Whether the host asks for keys at all.</summary>
    public bool AsksForKeys { get; }

    /// <summary>The caller sent a key of this identity.</summary>
    public static HostCaller WithKey(string identity) => new(identity, true);
}
