namespace Orchestrator.Domain.Meshes;

/// <summary>The steps of a control plane's run: their names and their order.</summary>
public static class MeshPlan
{
    public const string Preflight = "preflight";
    public const string Namespace = "namespace";
    public const string ControlPlane = "control-plane";
    public const string CustomResources = "custom-resources";
    public const string Istiod = "istiod";
    public const string Webhooks = "webhooks";
    public const string Tenants = "tenants";
    public const string RetiredRevision = "retired-revision";

    /// <summary>The IstioOperator resource of a control plane.</summary>
    public static string IstioOperator(string revision) => revision == "default" ? "istio-control-plane" : $"istio-control-plane-{revision}";

    /// <summary>The orchestration instance that is the control plane's record and its mutex.</summary>
    public static string Instance(string cluster) => $"mesh.{cluster}";

    /// <summary>A run's steps: ensuring the control plane, and the move from that which it replaces.</summary>
    public static IReadOnlyList<StepPlan> Of(MeshStart start)
    {
        List<StepPlan> steps = [.. Ensuring(start.Spec)];
        if (start.Replaced() is { } old)
        {
            steps.Add(new(
                Tenants,
                $"the tenants to move from revision {old.Revision} to {start.Spec.Revision}",
                $"put the tenants with mesh.revision {old.Revision} that have {start.Spec.Revision}"));
            if (old.Provider is not MeshProvider.Existing)
            {
                steps.Add(new(RetiredRevision, $"the control plane of revision {old.Revision} to be gone"));
            }
        }

        return steps;
    }

    /// <summary>Installing a control plane, or proving one that something else installs.</summary>
    /// <param name="spec">The control plane.</param>
    /// <param name="prefix">What stands before the names of the steps, where they are part of another run.</param>
    public static IReadOnlyList<StepPlan> Ensuring(MeshSpec spec, string prefix = "")
    {
        IReadOnlyList<StepPlan> writes = spec.Provider is MeshProvider.Existing ? [] :
        [
            new($"{prefix}{Namespace}", $"namespace {spec.Namespace}", $"kubectl delete namespace {spec.Namespace}"),
            new($"{prefix}{ControlPlane}", $"the control plane of revision {spec.Revision}", Remedy(spec)),
        ];
        return
        [
            new($"{prefix}{Preflight}", "the operator and what is installed to be checked"),
            .. writes,
            new($"{prefix}{CustomResources}", "Istio's custom resource definitions to be established"),
            new($"{prefix}{Istiod}", $"istiod in {spec.Namespace} to be rolled out"),
            new($"{prefix}{Webhooks}", "istiod's webhooks to serve"),
        ];
    }

    /// <summary>Putting back what others have changed of a control plane.</summary>
    /// <inheritdoc cref="Ensuring"/>
    public static IReadOnlyList<StepPlan> Repairing(MeshSpec spec, string prefix) =>
        [.. Ensuring(spec, prefix).Where(step => step.Name[prefix.Length..] is ControlPlane or Istiod or Webhooks)];

    /// <summary>Taking a control plane away, with all that its operator made for it.</summary>
    /// <inheritdoc cref="Ensuring"/>
    public static IReadOnlyList<StepPlan> Removing(MeshSpec spec, string prefix) =>
    [
        new($"{prefix}{ControlPlane}", $"the control plane of revision {spec.Revision} to be gone"),
        new($"{prefix}{Namespace}", $"namespace {spec.Namespace} to be gone"),
    ];

    /// <summary>The command that takes a control plane away by hand.</summary>
    public static string Remedy(MeshSpec spec)
    {
        var (sail, iop) = ($"kubectl delete istio {spec.Revision}", $"kubectl delete istiooperator {IstioOperator(spec.Revision)} -n {MeshSpec.DefaultNamespace}");
        return spec.Provider switch
        {
            MeshProvider.Sail => sail,
            MeshProvider.IstioOperator => iop,
            _ => $"{sail}, or {iop}",
        };
    }
}
