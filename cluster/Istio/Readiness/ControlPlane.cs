using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Whether the control plane of one revision stands on a cluster: its custom resources, istiod, and istiod's webhooks.</summary>
/// <param name="resources">The cluster.</param>
/// <param name="spec">The control plane.</param>
public sealed class ControlPlane(IResources resources, MeshSpec spec)
{
    /// <summary>The custom resources that tenants need.</summary>
    public static readonly IReadOnlyList<string> CustomResources =
        ["gateways.networking.istio.io", "virtualservices.networking.istio.io", "destinationrules.networking.istio.io"];

    /// <summary>The name of istiod's Deployment and autoscaler.</summary>
    public string Istiod => spec.Revision == "default" ? "istiod" : $"istiod-{spec.Revision}";

    /// <summary>The name of the webhook configuration that injects proxies.</summary>
    public string Injector => string.Concat(
        "istio-sidecar-injector",
        spec.Revision == "default" ? "" : $"-{spec.Revision}",
        spec.Namespace == MeshSpec.DefaultNamespace ? "" : $"-{spec.Namespace}");

    /// <summary>The names of the webhook configurations that validate Istio's resources; the second serves the default revision alone.</summary>
    public IEnumerable<string> Validators => spec.Revision == "default"
        ? [$"istio-validator-{spec.Namespace}", "istiod-default-validator"]
        : [$"istio-validator-{spec.Revision}-{spec.Namespace}"];

    private string Title => KubernetesObject.Title(ResourceType.Deployment.Kind, spec.Namespace, Istiod);

    /// <summary>The control plane of a revision that stands on a cluster, in whichever namespace; <c>istio-system</c> where none stands.</summary>
    public static async Task<MeshSpec> FindAsync(IResources resources, string cluster, string revision, CancellationToken cancellationToken)
    {
        var found = await Discovery.ControlPlanesAsync(resources, revision, cancellationToken);
        return new()
        {
            Cluster = cluster,
            Provider = MeshProvider.Existing,
            Revision = revision,
            Namespace = found.FirstOrDefault()?.Namespace ?? MeshSpec.DefaultNamespace,
            MinReplicas = 1,
        };
    }

    /// <summary>istiod's Deployment, or null.</summary>
    public Task<JsonObject?> DeploymentAsync(CancellationToken cancellationToken) =>
        resources.GetAsync(ResourceType.Deployment, spec.Namespace, Istiod, cancellationToken);

    /// <summary>Whether the API server serves the custom resources that tenants need.</summary>
    public async Task<StepReport> CustomResourcesAsync(CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach (var name in CustomResources)
        {
            var crd = await resources.GetAsync(ResourceType.CustomResourceDefinition, null, name, cancellationToken);
            if (crd?.Condition("Established").Text("status") != "True")
            {
                missing.Add(name);
            }
        }

        return missing.Count > 0
            ? StepReport.Waiting($"the custom resources {string.Join(", ", missing)} to be established")
            : StepReport.Done("Ready", string.Join(", ", CustomResources));
    }

    /// <summary>Whether istiod is rolled out as the spec wants it.</summary>
    public async Task<StepReport> IstiodAsync(CancellationToken cancellationToken)
    {
        List<string> missing = [];
        switch (await ResourceAsync(cancellationToken))
        {
            case { Outcome: StepOutcome.Refused } refused:
                return refused;
            case { Outcome: StepOutcome.Waiting } waiting:
                missing.Add(waiting.Message!);
                break;
        }

        var istiod = await DeploymentAsync(cancellationToken);
        if (Rollout.Missing(Title, istiod, spec.MinReplicas) is { } rollout)
        {
            missing.Add(rollout);
        }
        else if (IsInstalledByUs && spec.ScopeGatewaysToNamespace && !IsScoped(istiod))
        {
            missing.Add($"{Title} to have {MeshManifests.ScopeGatewayToNamespace}=true");
        }

        if (IsInstalledByUs)
        {
            var autoscaler = await AutoscalerAsync(cancellationToken);
            var title = KubernetesObject.Title(ResourceType.HorizontalPodAutoscaler.Kind, spec.Namespace, Istiod);
            missing.AddRange(Rollout.Missing(title, autoscaler, spec.MinReplicas, spec.MaxReplicas) is { } bounds ? [bounds] : []);
        }

        return missing.Count > 0
            ? StepReport.Waiting(string.Join("; ", missing))
            : StepReport.Done("Ready", $"{Title}: {istiod.Number("status", "availableReplicas")} replicas");
    }

    /// <summary>Whether istiod's webhooks have its certificate, so that resources are checked, and whether pods get proxies.</summary>
    public async Task<StepReport> WebhooksAsync(CancellationToken cancellationToken)
    {
        var injector = await resources.GetAsync(ResourceType.MutatingWebhookConfiguration, null, Injector, cancellationToken);
        List<string> missing = [];
        if (injector is null)
        {
            missing.Add($"webhook configuration {Injector} to be created");
        }
        else if (!HasCertificate(injector))
        {
            missing.Add($"webhook configuration {Injector} to get istiod's certificate (caBundle)");
        }

        foreach (var name in Validators)
        {
            // istiod turns Ignore into Fail once its endpoint answers. Some installations have no validator: that is a finding, not a wait.
            var validator = await resources.GetAsync(ResourceType.ValidatingWebhookConfiguration, null, name, cancellationToken);
            if (validator is not null && validator.Items("webhooks").Any(hook => hook.Text("failurePolicy") != "Fail"))
            {
                missing.Add($"webhook configuration {name} to be armed by istiod (failurePolicy Fail)");
            }
        }

        return missing.Count > 0 ? StepReport.Waiting(string.Join("; ", missing)) : await InjectionAsync(cancellationToken);
    }

    /// <summary>Whether the injector answers. It is asked from the control plane's namespace, unless that one is kept from all injection.</summary>
    private async Task<StepReport> InjectionAsync(CancellationToken cancellationToken)
    {
        var system = await resources.GetAsync(ResourceType.Namespace, null, spec.Namespace, cancellationToken);
        var answer = system?.Label("istio-injection") is { } label
            ? StepReport.Done("Unproven", $"namespace {spec.Namespace} has istio-injection={label}, so no pod can be tried there")
            : await InjectionProbe.AskAsync(resources, spec.Namespace, spec.Revision, cancellationToken);
        return answer.Outcome is StepOutcome.Done ? StepReport.Done("Ready", $"{Injector}; {answer.Message}") : answer;
    }

    /// <summary>What is still there of a control plane that is taken away.</summary>
    public async Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken)
    {
        List<JsonObject?> found =
        [
            await DeploymentAsync(cancellationToken),
            await resources.GetAsync(ResourceType.MutatingWebhookConfiguration, null, Injector, cancellationToken),
        ];
        foreach (var name in Validators)
        {
            found.Add(await resources.GetAsync(ResourceType.ValidatingWebhookConfiguration, null, name, cancellationToken));
        }

        return [.. found.OfType<JsonObject>().Select(left => left.Title)];
    }

    /// <summary>What a person should know about a control plane that serves.</summary>
    public async Task<IReadOnlyList<Finding>> FindingsAsync(CancellationToken cancellationToken)
    {
        List<Finding> findings = [];
        var istiod = await DeploymentAsync(cancellationToken);
        if (spec.ScopeGatewaysToNamespace && !IsScoped(istiod))
        {
            var isFixed = IsAksAddOn(istiod);
            findings.Add(new(
                isFixed ? Severity.Warning : Severity.Error,
                "gateways-not-scoped",
                $"{Title} does not have {MeshManifests.ScopeGatewayToNamespace}=true",
                "A Gateway can apply to the gateway pods of other tenants: " + (isFixed
                    ? "the add-on does not let it be set, so apply the policies of infra/kubernetes, which keep Gateways to their own pods and hosts."
                    : "set the variable where this control plane is installed.")));
        }

        var autoscaler = await AutoscalerAsync(cancellationToken);
        if (autoscaler?.Condition("ScalingActive") is { } scaling && scaling.Text("status") == "False")
        {
            findings.Add(new(
                Severity.Warning,
                "autoscaler-blind",
                $"HorizontalPodAutoscaler {spec.Namespace}/{Istiod}: {scaling.Text("reason")}: {scaling.Text("message")}",
                "It keeps its least number of replicas but does not scale with load: install metrics-server."));
        }

        if (await resources.GetAsync(ResourceType.ValidatingWebhookConfiguration, null, Validators.First(), cancellationToken) is null)
        {
            findings.Add(new(
                Severity.Warning,
                "no-validator",
                $"there is no webhook configuration {Validators.First()}",
                "Istio resources are not checked when they are written: install istiod's validating webhook."));
        }

        return findings;
    }

    /// <summary>The version that istiod runs, from the tag of its image; null when it has none.</summary>
    public static string? Version(JsonObject? istiod)
    {
        var image = istiod.Items("spec", "template", "spec", "containers").FirstOrDefault().Text("image") ?? "";
        var tag = image.LastIndexOf(':');
        return tag > image.LastIndexOf('/') ? image[(tag + 1)..].Split('@')[0] : null;
    }

    /// <summary>Whether an istiod is the one of the Istio add-on of AKS.</summary>
    public static bool IsAksAddOn(JsonObject? istiod) =>
        istiod.Text("metadata", "labels", "istio.io/rev")?.StartsWith("asm-", StringComparison.Ordinal) == true;

    /// <summary>Whether istiod has put its certificate into a webhook configuration.</summary>
    public static bool HasCertificate(JsonObject? configuration) =>
        configuration.Items("webhooks").Any()
        && configuration.Items("webhooks").All(hook => hook.Text("clientConfig", "caBundle") is { Length: > 0 });

    private bool IsInstalledByUs => spec.Provider is MeshProvider.IstioOperator or MeshProvider.Sail;

    /// <summary>What the operator says of the control plane's resource; nothing, where the control plane is somebody else's.</summary>
    private async Task<StepReport> ResourceAsync(CancellationToken cancellationToken)
    {
        if (!IsInstalledByUs)
        {
            return StepReport.Done("Ready");
        }

        var manifest = MeshManifests.ControlPlane(spec);
        var title = KubernetesObject.Title(manifest.Type.Kind, manifest.Namespace, manifest.Name);
        var resource = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
        return spec.Provider is MeshProvider.Sail ? SailStatus.Judge(title, resource) : OperatorStatus.Judge(title, resource);
    }

    private Task<JsonObject?> AutoscalerAsync(CancellationToken cancellationToken) =>
        resources.GetAsync(ResourceType.HorizontalPodAutoscaler, spec.Namespace, Istiod, cancellationToken);

    private static bool IsScoped(JsonObject? istiod) => istiod
        .Items("spec", "template", "spec", "containers")
        .SelectMany(container => container.Items("env"))
        .Any(variable => variable.Text("name") == MeshManifests.ScopeGatewayToNamespace && variable.Text("value") == "true");
}
