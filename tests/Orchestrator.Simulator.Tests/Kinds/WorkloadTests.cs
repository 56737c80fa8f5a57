using Orchestrator.Simulator.Tests.Store;

namespace Orchestrator.Simulator.Tests.Kinds;

public sealed class WorkloadTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly ClusterStore store;

    public WorkloadTests() => store = new(directory.Path);

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_deployment_is_completed_with_the_servers_defaults()
    {
        var asked = ClusterStoreTests.Deployment("web");
        asked["spec"]!.AsObject().Remove("replicas");
        var created = store.Create(ResourceTypes.Deployment, asked);
        Assert.Equal(1, created.At("spec", "replicas").AsNumber());
        Assert.Equal("25%", created.At("spec", "strategy", "rollingUpdate", "maxSurge").AsText());
        Assert.Equal("IfNotPresent", created.At("spec", "template", "spec", "containers")![0].At("imagePullPolicy").AsText());
    }

    [Fact]
    public void The_selector_must_match_the_template_and_stay()
    {
        var asked = ClusterStoreTests.Deployment("web");
        asked["spec"]!["selector"]!["matchLabels"]!["app"] = "other";
        var refusal = Assert.Throws<KubeException>(() => store.Create(ResourceTypes.Deployment, asked));
        Assert.Equal("spec.template.metadata.labels", Assert.Single(refusal.Causes).Field);

        var created = store.Create(ResourceTypes.Deployment, ClusterStoreTests.Deployment("web"));
        created["spec"]!["selector"]!["matchLabels"]!["app"] = "other";
        created["spec"]!["template"]!["metadata"]!["labels"]!["app"] = "other";
        refusal = Assert.Throws<KubeException>(() => store.Update(ResourceTypes.Deployment, created));
        Assert.Equal(("spec.selector", "Invalid value: field is immutable"), (refusal.Causes[0].Field, refusal.Causes[0].Message));
    }

    [Fact]
    public void A_value_of_the_wrong_type_cannot_even_be_decoded()
    {
        var asked = ClusterStoreTests.Deployment("web");
        asked["spec"]!["replicas"] = "two";
        var refusal = Assert.Throws<KubeException>(() => store.Create(ResourceTypes.Deployment, asked));
        Assert.Equal(400, refusal.Code);
        Assert.Contains("spec.replicas", refusal.Message);
    }

    [Fact]
    public void A_container_without_a_name_is_invalid()
    {
        var asked = ClusterStoreTests.Deployment("web");
        asked["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject().Remove("name");
        var refusal = Assert.Throws<KubeException>(() => store.Create(ResourceTypes.Deployment, asked));
        Assert.Equal((422, "spec.template.spec.containers[0].name"), (refusal.Code, refusal.Causes[0].Field));
    }
}
