using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// Named places between which a process may die. A test process arms one with the environment variable <c>ORC_CRASH_AT</c>, as <c>NAME</c> or
/// <c>NAME:N</c> for the n-th time that it is reached, and is killed there by SIGKILL. Without the variable a place costs one comparison.
/// </summary>
internal static class CrashPoint
{
    /// <summary>A group of operations is written, and not yet committed.</summary>
    public const string BeforeCommit = "before-commit";

    /// <summary>A group of operations is on the disk; nobody has been told and nothing of it has been let loose.</summary>
    public const string AfterCommit = "after-commit";

    /// <summary>An activity has had its effect; its result is in memory alone.</summary>
    public const string ActivityDone = "activity-done";

    /// <summary>The history of an execution is truncated; its successor is not yet written.</summary>
    public const string ContinueAsNew = "continue-as-new";

    /// <summary>A sub-orchestration is created; the turn that called it is not yet committed.</summary>
    public const string ChildStart = "child-start";

    /// <summary>Some of the instances of a purge are removed.</summary>
    public const string Purge = "purge";

    /// <summary>The former history of a rewound instance is removed; the new one is not yet written.</summary>
    public const string Rewind = "rewind";

    /// <summary>A step of a migration has run; the schema's version does not say so yet.</summary>
    public const string Migration = "migration";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
        [BeforeCommit, AfterCommit, ActivityDone, ContinueAsNew, ChildStart, Purge, Rewind, Migration];

    internal const string Variable = "ORC_CRASH_AT";

    private static readonly string? Armed;
    private static int remaining;

    static CrashPoint()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(':') is not [var name, .. var count])
            return;
        Armed = name;
        remaining = count is [var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 1;
    }

    /// <summary>Dies here when this place is armed.</summary>
    public static void Reach(string point)
    {
        if (Armed is null || Armed != point || Interlocked.Decrement(ref remaining) != 0)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
