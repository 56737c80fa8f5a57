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

    /// <summary>The IstioOperator resource of the control plane.</summary>
    public const string IstioOperator = "istio-control-plane";

    /// <summary>The orchestration instance that is the control plane's record and its mutex.</summary>
    public static string Instance(string cluster) => $"mesh.{cluster}";

    /// <summary>Installing a control plane, or for the provider <c>existing</c> proving that one stands.</summary>
    public static IReadOnlyList<StepPlan> Ensuring(MeshSpec spec)
    {
        IReadOnlyList<StepPlan> writes = spec.Provider is MeshProvider.Existing ? [] :
        [
            new(Namespace, $"namespace {spec.Namespace}", $"kubectl delete namespace {spec.Namespace}"),
            new(ControlPlane, $"IstioOperator {spec.Namespace}/{IstioOperator}", $"kubectl delete istiooperator {IstioOperator} -n {spec.Namespace}"),
        ];
        return
        [
            new(Preflight, "the operator and what is installed to be checked"),
            .. writes,
            new(CustomResources, "Istio's custom resource definitions to be established"),
            new(Istiod, $"istiod in {spec.Namespace} to be rolled out"),
            new(Webhooks, "istiod's webhooks to serve"),
        ];
    }
}
