namespace Orchestrator.Host.Api;

/// <summary>Tells a server that is away, and may come back, from one that refuses.</summary>
internal static class Absence
{
    /// <summary>Whether the same call may succeed a little later: no connection, no answer in time, or an answer that says so.</summary>
    public static bool Is(Exception e) => e switch
    {
        ApiException refused => (int)refused.Status is 429 or >= 500,
        HttpRequestException or IOException => true,
        TaskCanceledException { InnerException: TimeoutException } => true,
        _ => false,
    };
}
