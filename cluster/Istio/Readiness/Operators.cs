using System.Net;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Which operators of control planes a cluster has.</summary>
/// <param name="resources">The cluster.</param>
public sealed class Operators(IResources resources)
{
    /// <summary>The definition of the resource that the Istio operator acts on.</summary>
    public const string IstioOperatorResource = "istiooperators.install.istio.io";

    /// <summary>The definition of the resource that the Sail operator acts on.</summary>
    public const string SailResource = "istios.sailoperator.io";

    /// <summary>The label of Sail's Deployment in its chart, whatever the Deployment and its namespace are called.</summary>
    private const string SailLabel = "app.kubernetes.io/component=sail-operator";

    /// <summary>Who installs a control plane: whoever does already, else whose operator there is; a definition that was left behind makes no operator.</summary>
    public async Task<MeshProvider> FindAsync(MeshSpec spec, CancellationToken cancellationToken)
    {
        foreach (var provider in (MeshProvider[])[MeshProvider.Sail, MeshProvider.IstioOperator])
        {
            var manifest = MeshManifests.ControlPlane(spec with { Provider = provider });
            if (await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken) is { } found && OwnedObjects.IsOurs(found))
            {
                return provider;
            }
        }

        return await MissingSailAsync(cancellationToken) is null ? MeshProvider.Sail
            : await MissingIstioOperatorAsync(cancellationToken) is null ? MeshProvider.IstioOperator
            : MeshProvider.Existing;
    }

    /// <summary>Why a provider cannot install anything on this cluster, in words; null when it can.</summary>
    public Task<string?> MissingAsync(MeshProvider? provider, CancellationToken cancellationToken) => provider switch
    {
        MeshProvider.Sail => MissingSailAsync(cancellationToken),
        MeshProvider.IstioOperator => MissingIstioOperatorAsync(cancellationToken),
        _ => Task.FromResult<string?>(null),
    };

    /// <summary>Whether Sail's operator runs: a Deployment of it is available, or it reports on a resource of its own.</summary>
    public async Task<bool> SailRunsAsync(CancellationToken cancellationToken)
    {
        var operators = await resources.ListAsync(ResourceType.Deployment, null, SailLabel, cancellationToken);
        if (operators.Any(deployment => deployment.Number("status", "availableReplicas") > 0))
        {
            return true;
        }

        try
        {
            var istios = await resources.ListAsync(ResourceType.Istio, null, null, cancellationToken);
            return operators.Count == 0 && istios.Any(istio => istio.Number("status", "observedGeneration") > 0);
        }
        catch (ResourceException e) when (e.StatusCode is HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task<string?> MissingIstioOperatorAsync(CancellationToken cancellationToken) =>
        await resources.GetAsync(ResourceType.CustomResourceDefinition, null, IstioOperatorResource, cancellationToken) is null
            ? "provider istioOperator needs the Istio operator (up to Istio 1.23), and the cluster knows no IstioOperator resources. "
                + "Install the operator, use provider sail where Sail runs, or install Istio another way and use provider existing."
            : null;

    private async Task<string?> MissingSailAsync(CancellationToken cancellationToken)
    {
        const string Install = "Install the Sail operator (helm install sail-operator), or install Istio another way and use provider existing.";
        var definition = await resources.GetAsync(ResourceType.CustomResourceDefinition, null, SailResource, cancellationToken);
        var isServed = definition?.Condition("Established").Text("status") == "True" && definition.Items("spec", "versions")
            .Any(version => version.Text("name") == ResourceType.Istio.Version && version.Flag("served") == true);
        return !isServed ? $"provider sail needs the Sail operator, and the cluster does not serve {ResourceType.Istio.ApiVersion} {SailResource}. {Install}"
            : !await SailRunsAsync(cancellationToken) ? $"provider sail needs the Sail operator, and none runs: there is {SailResource}, "
                + $"but no Deployment with the label {SailLabel} that is available, and no resource with a status. {Install}"
            : null;
    }
}
