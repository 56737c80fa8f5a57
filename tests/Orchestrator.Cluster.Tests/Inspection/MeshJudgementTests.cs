using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Inspection;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Cluster.Tests.Inspection;

/// <summary>What is said of a cluster as it was read.</summary>
public sealed class MeshJudgementTests
{
    private static readonly MeshSpec Spec = new() { Cluster = "prod" };

    private static readonly MeshSnapshot Sound = new(Spec)
    {
        Version = new() { ["gitVersion"] = "v1.32.0-eks-1" },
        CustomResources = Definitions("""["v1beta1", "v1"]"""),
        ControlPlanes = [Istiod()],
        Istiod = Istiod(),
        Webhooks = Webhooks("Fail", "Y2E="),
        Served = new HashSet<string> { "istio-system/istiod" },
    };

    [Fact]
    public void A_sound_cluster_has_its_versions_and_nothing_to_do() =>
        Assert.Equal(["Info kubernetes-version", "Info istio-version"], Codes(Sound));

    [Fact]
    public void A_mesh_that_can_have_ambient_tenants_says_so() =>
        Assert.Equal("Info ambient", Codes(Sound with { ServesAmbient = true }).Last());

    [Theory]
    [InlineData("v1.26.9", "Error kubernetes-too-old", "Warning no-admission-policies")]
    [InlineData("v1.29.0", "Info kubernetes-version", "Warning no-admission-policies")]
    [InlineData("v1.30.0", "Info kubernetes-version")]
    [InlineData("v2.0.1", "Info kubernetes-version")]
    [InlineData("devel", "Info kubernetes-version")]
    public void The_release_of_Kubernetes_is_judged(string release, params string[] expected) =>
        Assert.Equal(expected, Codes(Sound with { Version = new() { ["gitVersion"] = release } }).Where(code => !code.EndsWith("istio-version", StringComparison.Ordinal)));

    [Fact]
    public void Custom_resources_need_the_version_that_is_written()
    {
        var found = Findings(Sound with { CustomResources = Definitions("""["v1beta1"]""") }, "custom-resource-missing");

        Assert.Equal(3, found.Count);
        Assert.Equal("gateways.networking.istio.io is served as v1beta1, not as v1", found[0].Evidence);
    }

    [Fact]
    public void Without_a_control_plane_what_comes_with_it_is_no_error()
    {
        var empty = new MeshSnapshot(Spec) { Version = Sound.Version, CustomResources = new Dictionary<string, JsonObject?> { [Operators.IstioOperatorResource] = [] } };

        Assert.DoesNotContain(Codes(empty), code => code.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains("Warning no-control-plane", Codes(empty));
    }

    [Fact]
    public void An_operator_is_needed_only_where_it_is_asked_for()
    {
        var none = Sound with { CustomResources = Sound.CustomResources.Where(item => item.Key != Operators.IstioOperatorResource).ToDictionary() };

        Assert.Contains("Error operator-missing", Codes(none));
        Assert.DoesNotContain("Error operator-missing", Codes(none with { HasSail = true }));
        Assert.Contains("Error operator-missing", Codes(none with { HasSail = true, Spec = Spec with { Provider = MeshProvider.IstioOperator } }));
        Assert.Contains("Error operator-missing", Codes(Sound with { Spec = Spec with { Provider = MeshProvider.Sail } }));
        Assert.DoesNotContain("Error operator-missing", Codes(none with { Spec = Spec with { Provider = MeshProvider.Existing } }));
    }

    [Theory]
    [InlineData(null, "Info sail-not-running")]
    [InlineData(MeshProvider.Sail, "Error sail-not-running")]
    public void Resources_of_Sail_without_its_operator_are_told(MeshProvider? provider, string expected)
    {
        var leftover = Sound with
        {
            Spec = Spec with { Provider = provider },
            CustomResources = new Dictionary<string, JsonObject?>(Sound.CustomResources)
            {
                [Operators.SailResource] = new() { ["metadata"] = new JsonObject { ["name"] = Operators.SailResource } },
            },
        };

        Assert.Contains(expected, Codes(leftover));
        Assert.DoesNotContain(Codes(leftover with { HasSail = true }), code => code.EndsWith("sail-not-running", StringComparison.Ordinal));
    }

    [Fact]
    public void An_operator_of_a_release_that_has_none_is_told()
    {
        var newer = Istiod(image: "docker.io/istio/pilot:1.30.3");

        Assert.Contains("Error operator-retired", Codes(Sound with { Istiod = newer, Spec = Spec with { Provider = MeshProvider.IstioOperator } }));
        Assert.DoesNotContain("Error operator-retired", Codes(Sound with { Istiod = newer, Spec = Spec with { Provider = MeshProvider.Existing } }));
    }

    [Fact]
    public void Missing_rights_are_named_and_those_on_operator_resources_only_where_there_are_such()
    {
        ClusterRight[] missing = [new("apps", "deployments", ["patch", "delete"]), new("", "pods/proxy", ["get"]), new("install.istio.io", "istiooperators", ["create"])];

        Assert.Equal(
            ["may not patch, delete deployments.apps", "may not get pods/proxy", "may not create istiooperators.install.istio.io"],
            Findings(Sound with { Missing = missing }, "right-missing").Select(finding => finding.Evidence));
        Assert.Equal(2, Findings(Sound with { Missing = missing, CustomResources = new Dictionary<string, JsonObject?>() }, "right-missing").Count);
    }

    [Fact]
    public void An_istiod_that_is_not_rolled_out_is_an_error() =>
        Assert.Contains("Error istiod-not-rolled-out", Codes(Sound with { Istiod = Istiod(available: 1) }));

    [Fact]
    public void Webhooks_need_a_certificate_an_endpoint_and_to_be_armed()
    {
        Assert.Equal(2, Findings(Sound with { Webhooks = Webhooks("Fail", "") }, "webhook-without-certificate").Count);
        Assert.Equal(2, Findings(Sound with { Served = new HashSet<string>() }, "webhook-without-endpoints").Count);
        Assert.Single(Findings(Sound with { Webhooks = Webhooks("Ignore", "Y2E=") }, "validator-not-armed"));
        Assert.Single(Findings(Sound with { Webhooks = new Dictionary<string, JsonObject?> { ["istio-sidecar-injector"] = null } }, "no-injector"));
    }

    [Fact]
    public void The_add_on_of_AKS_is_told_with_what_it_needs()
    {
        var addOn = Istiod("istiod-asm-1-30", "aks-istio-system", "asm-1-30", image: "mcr.microsoft.com/oss/istio/pilot:1.30.1");
        var fits = Spec with { Provider = MeshProvider.Existing, Namespace = "aks-istio-system", Revision = "asm-1-30" };

        var wrong = Assert.Single(Findings(Sound with { ControlPlanes = [addOn] }, "aks-add-on"));
        Assert.Equal(Severity.Error, wrong.Severity);
        Assert.Contains("namespace aks-istio-system and revision asm-1-30", wrong.Advice, StringComparison.Ordinal);
        Assert.Equal(Severity.Info, Assert.Single(Findings(Sound with { Spec = fits, ControlPlanes = [addOn], Istiod = addOn }, "aks-add-on")).Severity);
    }

    private static string[] Codes(MeshSnapshot snapshot) => [.. MeshJudgement.Of(snapshot).Select(finding => $"{finding.Severity} {finding.Code}")];

    private static List<Finding> Findings(MeshSnapshot snapshot, string code) => [.. MeshJudgement.Of(snapshot).Where(finding => finding.Code == code)];

    private static Dictionary<string, JsonObject?> Definitions(string versions)
    {
        var definition = Json(
            $$"""
            { "spec": { "versions": [{{string.Join(",", JsonNode.Parse(versions)!.AsArray().Select(name => $"{{\"name\":{name!.ToJsonString()},\"served\":true}}"))}}] },
              "status": { "conditions": [{ "type": "Established", "status": "True" }] } }
            """);
        return new[] { "gateways.networking.istio.io", "virtualservices.networking.istio.io", "destinationrules.networking.istio.io", Operators.IstioOperatorResource }
            .ToDictionary(name => name, _ => (JsonObject?)definition);
    }

    private static JsonObject Istiod(
        string name = "istiod", string ns = "istio-system", string revision = "default", string image = "docker.io/istio/pilot:1.23.2", int available = 2) => Json(
        $$"""
        { "kind": "Deployment", "metadata": { "name": "{{name}}", "namespace": "{{ns}}", "generation": 1, "labels": { "app": "istiod", "istio.io/rev": "{{revision}}" } },
          "spec": { "replicas": 2, "template": { "spec": { "containers": [{ "image": "{{image}}" }] } } },
          "status": { "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": {{available}} } }
        """);

    private static Dictionary<string, JsonObject?> Webhooks(string policy, string bundle)
    {
        JsonObject Configuration(string kind, string name) => Json(
            $$"""
            { "kind": "{{kind}}", "metadata": { "name": "{{name}}" },
              "webhooks": [{ "failurePolicy": "{{policy}}",
                "clientConfig": { "caBundle": "{{bundle}}", "service": { "namespace": "istio-system", "name": "istiod" } } }] }
            """);
        return new()
        {
            ["istio-sidecar-injector"] = Configuration("MutatingWebhookConfiguration", "istio-sidecar-injector"),
            ["istio-validator-istio-system"] = Configuration("ValidatingWebhookConfiguration", "istio-validator-istio-system"),
        };
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
