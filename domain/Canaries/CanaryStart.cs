using System.Text.Json.Serialization;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>A canary that was submitted.</summary>
/// <param name="Submission">Tells this submission from every other.</param>
/// <param name="Cluster">The cluster the tenant lives on.</param>
/// <param name="Spec">What is asked for.</param>
/// <param name="At">When it was submitted, UTC.</param>
/// <param name="Command">The instance of the queue's command that submitted it, which is told the end; null for a call.</param>
/// <param name="Retry">The decision to run it again, when it is no first try.</param>
/// <param name="HeedsCalendar">Whether windows and freezes hold it back; runs that an earlier version began do not know of them.</param>
public sealed record CanaryStart(
    string Submission,
    string Cluster,
    CanarySpec Spec,
    DateTime At,
    string? Command = null,
    CanaryDecision? Retry = null,
    bool HeedsCalendar = false)
{
    /// <summary>What carries the requests of the tenant, and so tells of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DataPlane DataPlane { get; init; }

    /// <summary>Where the requests to the service come in; null where the gateway cannot be asked for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Entrance? Entrance { get; init; }

    /// <summary>Whether the cluster is told of the run's phases by Events; runs of versions that did not do so go on without.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Announces { get; init; }

    /// <summary>What the run knew at the end of its last history, <see cref="CanaryCheckpoint.Pack">packed</see>; null in the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Checkpoint { get; init; }

    /// <summary>
    /// Whether the run announces a phase itself. The last one is announced by its supervisor: a run is over, and its record there, when it shows how it ended.
    /// </summary>
    public bool AnnouncesItself(CanaryPhase phase) =>
        Announces && (!CanaryControl.IsOver(phase) || (phase == CanaryPhase.Promoted && Spec.KeepStable > TimeSpan.Zero));
}

/// <summary>What stood before a run: captured, and so in its history, before the first write.</summary>
/// <param name="Traffic">The traffic rules.</param>
/// <param name="Candidate">The candidate's Deployment, if there was one.</param>
public sealed record CanaryBaseline(TrafficBaseline Traffic, Workload? Candidate)
{
    /// <summary>The stable version's Deployment, if it has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Workload? Stable { get; init; }

    /// <summary>Whether the run looks out for what others change; those that began before 0.2 do not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsGuarded { get; init; }

    /// <summary>Whether the run wants to see that its traffic goes where it was sent; those that began before 0.2 do not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WantsProof { get; init; }

    /// <summary>
    /// Whether the run looks at what it wrote at once, is told when others write it, is judged while it waits for pods, and sees to it that there are enough of
    /// them for what it moves, forward and back; those that began before 0.2 do not.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsWatchful { get; init; }

    /// <summary>
    /// After how many turns of waiting the run goes on with a new history; 0: never, as those that began before 0.2, which are replayed by one that grows.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int TurnsPerHistory { get; init; }

    /// <summary>Why no proxy can be asked whether it obeys what the run writes; null where they can be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Unprovable { get; init; }
}

/// <summary>The names of canary instances.</summary>
public static class CanaryNames
{
    /// <summary>What every instance of a canary begins with.</summary>
    public const string Prefix = "canary.";

    /// <summary>The supervisor of a service; its id is the mutex.</summary>
    public static string Supervisor(string tenant, string service) => $"{Prefix}{tenant}.{service}";

    /// <summary>Whether these can be a tenant and a service: a name with a dot would point to somebody else's instance.</summary>
    public static bool AreNames(string tenant, string service) => Names.DnsLabel(tenant) is null && Names.DnsLabel(service) is null;

    /// <summary>One run of a service's canaries.</summary>
    public static string Run(string supervisor, int number) => $"{supervisor}.{number}";

    /// <summary>The mark of a run on what it creates, <c>{instance}/{run}</c>.</summary>
    public static string CreatedBy(string runInstance)
    {
        var dot = runInstance.LastIndexOf('.');
        return $"{runInstance[..dot]}/{runInstance[(dot + 1)..]}";
    }

    /// <summary>The number of a run, or null for an instance that is no run.</summary>
    public static int? Number(string instance) =>
        instance.StartsWith(Prefix, StringComparison.Ordinal) && instance.Split('.') is [_, _, _, var number] && int.TryParse(number, out var n) ? n : null;
}
