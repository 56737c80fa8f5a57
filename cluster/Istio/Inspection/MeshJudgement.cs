using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Cluster.Istio.Inspection;

/// <summary>Judges what was read of a cluster.</summary>
public static class MeshJudgement
{
    private const string Grant = "Apply infra/kubernetes (kubectl apply -k infra/kubernetes/overlays/in-cluster, or aks).";

    private static readonly Version OldestKubernetes = new(1, 27);
    private static readonly Version AdmissionPolicies = new(1, 30);
    private static readonly Version LastWithOperator = new(1, 23);

    /// <summary>What a person should know.</summary>
    public static IEnumerable<Finding> Of(MeshSnapshot snapshot) =>
    [
        .. Kubernetes(snapshot.Version),
        .. Unread(snapshot),
        .. Rights(snapshot),
        .. Operator(snapshot),
        .. CustomResources(snapshot),
        .. Istio(snapshot),
        .. AksAddOn(snapshot),
        .. snapshot.Istiod is null ? [] : snapshot.Webhooks.SelectMany(webhook => Webhook(snapshot, webhook.Key, webhook.Value)),
    ];

    /// <summary>The services that a webhook configuration calls.</summary>
    public static IEnumerable<(string Namespace, string Name)> Services(JsonObject? webhooks) => webhooks.Items("webhooks")
        .Select(hook => (Namespace: hook.Text("clientConfig", "service", "namespace"), Name: hook.Text("clientConfig", "service", "name")))
        .Where(service => service is { Namespace: not null, Name: not null })
        .Select(service => (service.Namespace!, service.Name!));

    private static IEnumerable<Finding> Kubernetes(JsonObject? version)
    {
        var release = version.Text("gitVersion") ?? "unknown";
        var minor = MinorOf(release);
        yield return minor is not null && minor < OldestKubernetes
            ? new(
                Severity.Error,
                "kubernetes-too-old",
                $"Kubernetes {release}",
                $"Strict field validation needs Kubernetes {OldestKubernetes}: upgrade the cluster.")
            : new(Severity.Info, "kubernetes-version", $"Kubernetes {release}", "Nothing to do.");
        if (minor is not null && minor < AdmissionPolicies)
        {
            yield return new(
                Severity.Warning,
                "no-admission-policies",
                $"Kubernetes {release} has no ValidatingAdmissionPolicy of version v1",
                $"Nothing confines the orchestrator to its namespaces before Kubernetes {AdmissionPolicies}: upgrade the cluster.");
        }
    }

    private static IEnumerable<Finding> Unread(MeshSnapshot snapshot) =>
        snapshot.Unread.Select(what => new Finding(Severity.Error, "not-readable", what, Grant));

    private static IEnumerable<Finding> Rights(MeshSnapshot snapshot)
    {
        if (snapshot.Unchecked is { } why)
        {
            return
            [
                new(
                    Severity.Warning,
                    "rights-not-checked",
                    $"the API server was not to be asked what this identity may do: {why}",
                    "Compare its roles with infra/kubernetes/base/clusterrole.yaml."),
            ];
        }

        // Where there is no operator, nobody needs to write its resources.
        return snapshot.Missing
            .Where(right => right.Group != ResourceType.IstioOperator.Group || HasIstioOperator(snapshot))
            .Where(right => right.Group != ResourceType.Istio.Group || snapshot.HasSail)
            .Select(right => new Finding(Severity.Error, "right-missing", $"may not {string.Join(", ", right.Verbs)} {right.Title}", Grant));
    }

    private static bool HasIstioOperator(MeshSnapshot snapshot) =>
        snapshot.CustomResources.GetValueOrDefault(Operators.IstioOperatorResource) is not null;

    private static IEnumerable<Finding> Operator(MeshSnapshot snapshot)
    {
        var (hasSail, hasIstioOperator) = (snapshot.HasSail, HasIstioOperator(snapshot));
        if (!hasSail && snapshot.CustomResources.GetValueOrDefault(Operators.SailResource) is { } definition)
        {
            yield return new(
                snapshot.Spec.Provider is MeshProvider.Sail ? Severity.Error : Severity.Info,
                "sail-not-running",
                $"there is {definition.Name}, and no Sail operator that acts on it",
                "A resource of it has no effect: install the Sail operator (helm install sail-operator), or leave it.");
        }

        if (snapshot.Spec.Provider switch
        {
            MeshProvider.Sail when !hasSail => "no Sail operator runs",
            MeshProvider.IstioOperator when !hasIstioOperator => $"there is no {Operators.IstioOperatorResource}",
            null when !hasSail && !hasIstioOperator => $"no Sail operator runs, and there is no {Operators.IstioOperatorResource}",
            _ => null,
        } is { } missing)
        {
            yield return new(
                Severity.Error,
                "operator-missing",
                missing,
                "Install the Sail operator (or up to Istio 1.23 the Istio operator), or install Istio another way and use provider existing.");
        }
    }

    private static IEnumerable<Finding> CustomResources(MeshSnapshot snapshot)
    {
        foreach (var name in ControlPlane.CustomResources)
        {
            var definition = snapshot.CustomResources.GetValueOrDefault(name);
            var served = definition.Items("spec", "versions")
                .Where(version => version.Flag("served") == true)
                .Select(version => version.Text("name"))
                .ToList();
            var wrong = definition is null ? $"there is no {name}"
                : definition.Condition("Established").Text("status") != "True" ? $"{name} is not established"
                : !served.Contains("v1") ? $"{name} is served as {string.Join(", ", served)}, not as v1"
                : null;
            if (wrong is not null)
            {
                yield return new(
                    snapshot.Istiod is null ? Severity.Warning : Severity.Error,
                    "custom-resource-missing",
                    wrong,
                    "It comes with Istio 1.22 and later: install or upgrade Istio's custom resource definitions.");
            }
        }
    }

    private static IEnumerable<Finding> Istio(MeshSnapshot snapshot)
    {
        var spec = snapshot.Spec;
        if (snapshot.Istiod is not { } istiod)
        {
            yield return new(
                Severity.Warning,
                "no-control-plane",
                $"there is no istiod of revision {spec.Revision} in {spec.Namespace}",
                $"Run `orc mesh ensure {spec.Cluster}`, or name the namespace and revision of one that is there.");
            yield break;
        }

        var release = ControlPlane.Version(istiod);
        yield return new(Severity.Info, "istio-version", $"{istiod.Title} runs Istio {release ?? "of an unknown version"}", "Nothing to do.");
        if (snapshot.ServesAmbient)
        {
            yield return new(Severity.Info, "ambient", "it serves waypoints, and a ztunnel runs: tenants may have mesh.dataPlane ambient", "Nothing to do.");
        }

        if (spec.Provider is MeshProvider.IstioOperator && MinorOf(release) > LastWithOperator)
        {
            yield return new(
                Severity.Error,
                "operator-retired",
                $"{istiod.Title} runs Istio {release}, which has no operator: IstioOperator resources have no effect",
                "Use provider sail or existing, and gateway mode injection.");
        }

        if (Rollout.Missing(istiod.Title, istiod, spec.MinReplicas) is { } missing)
        {
            yield return new(
                Severity.Error, "istiod-not-rolled-out", missing, $"Look at its pods: kubectl -n {spec.Namespace} describe pods -l app=istiod");
        }
    }

    private static IEnumerable<Finding> AksAddOn(MeshSnapshot snapshot)
    {
        if (snapshot.ControlPlanes.FirstOrDefault(ControlPlane.IsAksAddOn) is not { } istiod)
        {
            yield break;
        }

        var revision = istiod.Label("istio.io/rev") ?? "asm";
        var fits = snapshot.Spec is { Provider: MeshProvider.Existing } spec && spec.Namespace == istiod.Namespace && spec.Revision == revision;
        yield return new(
            fits ? Severity.Info : Severity.Error,
            "aks-add-on",
            $"{istiod.Title} is the Istio add-on of AKS",
            $"Use provider existing with namespace {istiod.Namespace} and revision {revision}; tenants need mesh.revision {revision} "
            + "(istio-injection=enabled has no effect) and gateway mode injection. "
            + "IstioOperator, WasmPlugin, ProxyConfig and ambient are blocked, and istiod's variables cannot be set.");
    }

    private static IEnumerable<Finding> Webhook(MeshSnapshot snapshot, string name, JsonObject? configuration)
    {
        if (configuration is null)
        {
            // A missing validator is found where the control plane is surveyed.
            if (name.StartsWith("istio-sidecar-injector", StringComparison.Ordinal))
            {
                yield return new(
                    Severity.Error,
                    "no-injector",
                    $"there is no webhook configuration {name}",
                    "Pods get no proxies: install istiod's injector, or name its revision.");
            }

            yield break;
        }

        if (!ControlPlane.HasCertificate(configuration))
        {
            yield return new(
                Severity.Error,
                "webhook-without-certificate",
                $"{configuration.Title} has no caBundle",
                "istiod writes it once it runs: see its log, and whether something puts the configuration back.");
        }

        var unserved = Services(configuration).Distinct().Where(called => !snapshot.Served.Contains($"{called.Namespace}/{called.Name}"));
        foreach (var (ns, service) in unserved)
        {
            yield return new(
                Severity.Error,
                "webhook-without-endpoints",
                $"{configuration.Title} calls Service {ns}/{service}, which has no endpoint that is ready",
                "What it is called for is refused or not done until then: bring istiod up, or remove a configuration that was left behind.");
        }

        if (configuration.Kind == ResourceType.ValidatingWebhookConfiguration.Kind
            && configuration.Items("webhooks").Any(hook => hook.Text("failurePolicy") != "Fail"))
        {
            yield return new(
                Severity.Warning,
                "validator-not-armed",
                $"{configuration.Title} has failurePolicy Ignore",
                "Istio resources are not checked when istiod does not answer; istiod sets Fail once its endpoint serves.");
        }
    }

    /// <summary>Major and minor of a release such as <c>v1.32.0-eks-1</c>; null when it is none.</summary>
    private static Version? MinorOf(string? release) =>
        release?.TrimStart('v').Split('.') is [var major, var minor, ..] && Version.TryParse($"{major}.{minor}", out var version) ? version : null;
}
