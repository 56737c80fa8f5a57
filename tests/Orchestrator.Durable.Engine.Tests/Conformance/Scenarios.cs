namespace Orchestrator.Durable.Engine.Tests;

/// <summary>What the engine must survive, as <c>docs/durable-conformance.md</c> lists it.</summary>
internal static class Scenarios
{
    /// <summary>The scenarios; the first has number 1.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "SIGKILL at random and at every named commit point, 1,000 instances in flight, 100 rounds",
        "An activity had its effect and is killed before its result is committed: it runs again with the same idempotency key",
        "SIGKILL in the middle of a continue-as-new, of a sub-orchestration's start, of a purge, of a rewind, of a migration",
        "Events, completions and messages that come twice or in another order",
        "Start, raise and terminate racing on one id; a hundred concurrent starts of one id make one instance",
        "Events raised while an instance is Pending, Suspended, or between two executions",
        "Stale timers after continue-as-new or a cancellation",
        "A full disk, a file that cannot be written: nothing is acknowledged without a commit, all goes on when there is space",
        "The clock jumps by an hour or a day, forward and back; the machine sleeps and wakes",
        "A torn tail of the write-ahead log: the last whole commit stands; a flipped bit is found, named and quarantined, the others run on",
        "Two processes on one file: the second is refused; the commit of a stale owner is fenced",
        "Poison: an unknown function, input that cannot be read, a throwing converter, code that ends the process",
        "An activity that hangs, code that blocks its thread, payloads at and above the limit of 10 MB",
        "A fan-out to 10,000 activities, a history of 10,000 events, 100,000 instances queried and purged under load",
        "SIGTERM drains; a restart with changed code fails the instance that no longer matches, and that one alone",
        "Occurrences of a timer trigger missed while the host was down: exactly one, marked past due",
    ];

    /// <summary>Why a scenario, or a part of it, has no test here yet.</summary>
    public static readonly IReadOnlyDictionary<int, string> Missing = new Dictionary<int, string>
    {
        [4] = "queue commands that come twice: CommandQueueTests of the functions and CommandStormTests end to end, on the real Azurite",
    };
}
