namespace Orchestrator.Simulator.Controllers;

/// <summary>Names of the Istio that the simulated cluster runs: the last version whose operator exists.</summary>
internal static class Istio
{
    public const string Version = "1.23.6";
    public const string ProxyImage = $"docker.io/istio/proxyv2:{Version}";
    public const string SystemNamespace = "istio-system";
    public const string DefaultRevision = "default";

    /// <summary>The label that names a revision, on control planes, namespaces and pods.</summary>
    public const string RevisionLabel = "istio.io/rev";
}
