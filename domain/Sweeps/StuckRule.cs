namespace Orchestrator.Domain.Sweeps;

/// <summary>An instance that has not ended, as far as it tells whether it goes on.</summary>
/// <param name="IsPending">Whether it has not begun.</param>
/// <param name="IsRun">Whether it is a run, all of whose work has a deadline.</param>
/// <param name="CreatedAt">When it was started, UTC.</param>
/// <param name="LastUpdatedAt">When it last went on, UTC.</param>
/// <param name="WaitingFor">What it says that it waits for.</param>
public sealed record SeenInstance(bool IsPending, bool IsRun, DateTime CreatedAt, DateTime LastUpdatedAt, WaitingFor? WaitingFor);

/// <summary>Tells the instances that do not go on from those that wait.</summary>
public static class StuckRule
{
    /// <summary>How late anything may be: a host that was away comes back to much work.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>How long one activity and its repetitions may take.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(60);

    /// <summary>Why an instance is stuck, and what to do; null when it is not.</summary>
    public static string? WhyStuck(string instance, SeenInstance seen, DateTime now) => seen switch
    {
        { IsPending: true } when now - seen.CreatedAt > Grace =>
            $"it was started at {seen.CreatedAt:u} and has not begun: is the host overloaded, or the function gone? See orc instances get {instance}",
        { IsRun: true, WaitingFor: { } waiting } when now - waiting.Until > Grace && now - seen.LastUpdatedAt > Grace =>
            $"it waits for {waiting.What}, which was to come until {waiting.Until:u}: see orc instances get {instance}",
        { IsRun: true, WaitingFor: null } when now - seen.LastUpdatedAt > LongestCall =>
            $"it has waited for nothing since {seen.LastUpdatedAt:u}: see orc instances get {instance}",
        _ => null,
    };
}
