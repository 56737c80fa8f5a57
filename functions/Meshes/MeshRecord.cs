using System.Text.Json;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Functions.Meshes;

/// <summary>What the last run of a control plane left behind.</summary>
/// <param name="Start">What the run was asked to do.</param>
/// <param name="Status">Where it stands, or how it ended.</param>
/// <param name="IsRunning">Whether it still runs.</param>
internal sealed record MeshRecord(MeshStart Start, MeshStatus Status, bool IsRunning)
{
    /// <summary>Whether the control plane stood when the run ended, or had stood before it began and was put back.</summary>
    public bool Stands => Start.Stands || Status.Phase is MeshPhase.Ready or MeshPhase.Degraded;

    /// <summary>The control plane that stands; null when none does, or when it is not known which.</summary>
    public MeshSpec? InForce => Status.Phase is MeshPhase.Ready or MeshPhase.Degraded ? Spec : Start.Previous;

    /// <summary>What the control plane shall be, with who was found to install it.</summary>
    private MeshSpec Spec => Start.Spec with { Provider = Start.Spec.Provider ?? Status.Provider };

    /// <summary>The control plane as the API shows it.</summary>
    public MeshView View => new(
        Start.Spec.Cluster,
        Status.Phase,
        JsonSerializer.SerializeToElement(Spec.Provider).GetString(),
        Start.Spec.Revision,
        Status.Version ?? Start.Spec.Version,
        Status.Steps,
        Status.Findings,
        Status.WaitingFor,
        Status.Reason,
        MeshPlan.Instance(Start.Spec.Cluster),
        Spec);

    /// <summary>A cluster for which no control plane was ever asked.</summary>
    public static MeshView Absent(string cluster) =>
        new(cluster, MeshPhase.Absent, null, null, null, [], [], null, "No control plane was asked for: run `orc mesh ensure`.", MeshPlan.Instance(cluster), null);

    /// <summary>A run that begins.</summary>
    public static MeshRecord Beginning(MeshStart start) => new(start, First(start), IsRunning: true);

    /// <summary>The record in an instance that was read with its payloads; null when it is no run of the mesh that its id names.</summary>
    public static MeshRecord? From(OrchestrationMetadata instance)
    {
        if (Whole.Read<MeshStart>(instance.SerializedInput) is not { } start || MeshPlan.Instance(start.Spec.Cluster) != instance.InstanceId)
        {
            return null;
        }

        var seen = Whole.Read<MeshStatus>(instance.SerializedCustomStatus) ?? First(start);
        var status = instance.RuntimeStatus switch
        {
            OrchestrationRuntimeStatus.Completed => Whole.Read<MeshStatus>(instance.SerializedOutput) ?? Broken(seen, "the run left no result"),
            OrchestrationRuntimeStatus.Failed => Broken(seen, instance.FailureDetails?.ErrorMessage ?? "the run failed"),
            OrchestrationRuntimeStatus.Terminated => Broken(seen, "the run was terminated, nothing was undone"),
            _ => seen,
        };
        return new(start, status, !instance.IsCompleted);
    }

    /// <summary>Whether two specs ask for the same, as they are written on the wire.</summary>
    public static bool Same(MeshSpec a, MeshSpec b) => JsonSerializer.Serialize(a) == JsonSerializer.Serialize(b);

    private static MeshStatus Broken(MeshStatus seen, string reason) =>
        seen with { Phase = MeshPhase.Failed, WaitingFor = null, Reason = $"{reason}. Run `orc mesh ensure` again." };

    private static MeshStatus First(MeshStart start) =>
        new(start.Stands ? MeshPhase.Updating : MeshPhase.Installing, new RunProgress(MeshPlan.Of(start)).Steps, []);
}
