using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store.Fields;

namespace Orchestrator.Simulator.Tests.Store.Fields;

/// <summary>Golden cases of the strategic merge patch, after the rules of the design document of Kubernetes.</summary>
public sealed class StrategicMergeTests
{
    private const string Two = """{"spec":{"containers":[{"name":"a","image":"a:1"},{"name":"b","image":"b:1"}]}}""";

    [Theory]
    // Lists of things with a name merge by it, new ones are added.
    [InlineData(Two, """{"spec":{"containers":[{"name":"b","image":"b:2"},{"name":"c","image":"c:1"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"a:1"},{"name":"b","image":"b:2"},{"name":"c","image":"c:1"}]}}""")]
    [InlineData(Two, """{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""", """{"spec":{"containers":[{"name":"b","image":"b:1"}]}}""")]
    [InlineData(Two, """{"spec":{"containers":[{"$patch":"replace"},{"name":"x","image":"x:1"}]}}""", """{"spec":{"containers":[{"name":"x","image":"x:1"}]}}""")]
    [InlineData(Two, """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a","image":"a:2"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"b:1"},{"name":"a","image":"a:2"}]}}""")]
    [InlineData(Two, """{"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"a"},{"name":"b"}],"containers":[{"name":"c","image":"c:1"}]}}""",
        """{"spec":{"containers":[{"name":"c","image":"c:1"},{"name":"a","image":"a:1"},{"name":"b","image":"b:1"}]}}""")]
    // An item the order does not know stays before those it preceded.
    [InlineData("""{"spec":{"containers":[{"name":"a"},{"name":"x"},{"name":"b"}]}}""", """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""",
        """{"spec":{"containers":[{"name":"x"},{"name":"b"},{"name":"a"}]}}""")]
    [InlineData("""{"metadata":{"finalizers":["a","b"]}}""", """{"metadata":{"finalizers":["c"]}}""", """{"metadata":{"finalizers":["a","b","c"]}}""")]
    [InlineData("""{"metadata":{"finalizers":["a","b"]}}""", """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}}""", """{"metadata":{"finalizers":["b"]}}""")]
    [InlineData("""{"metadata":{"finalizers":["a","b"]}}""",
        """{"metadata":{"$setElementOrder/finalizers":["c","b"],"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c"]}}""",
        """{"metadata":{"finalizers":["c","b"]}}""")]
    // Lists without a name are one value.
    [InlineData("""{"spec":{"containers":[{"name":"a","args":["x","y"]}]}}""", """{"spec":{"containers":[{"name":"a","args":["z"]}]}}""",
        """{"spec":{"containers":[{"name":"a","args":["z"]}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80,"protocol":"TCP"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80,"name":"http"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80,"protocol":"TCP","name":"http"}]}]}}""")]
    [InlineData("""{"spec":{"nodeSelector":{"a":"1","b":"2"}}}""", """{"spec":{"nodeSelector":{"b":null,"c":"3"}}}""", """{"spec":{"nodeSelector":{"a":"1","c":"3"}}}""")]
    [InlineData("""{"spec":{"nodeSelector":{"a":"1"}}}""", """{"spec":{"nodeSelector":{"$patch":"replace","b":"2"}}}""", """{"spec":{"nodeSelector":{"b":"2"}}}""")]
    [InlineData("""{"spec":{"nodeSelector":{"a":"1"},"hostname":"h"}}""", """{"spec":{"nodeSelector":{"$patch":"delete"}}}""", """{"spec":{"hostname":"h"}}""")]
    [InlineData("""{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}""", """{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/p"}}]}}""",
        """{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/p"}}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a"}]}}""", """{"spec":{"containers":null}}""", """{"spec":{}}""")]
    [InlineData("""{"spec":{"tolerations":[{"key":"a"}]}}""", """{"spec":{"tolerations":[{"key":"b"}]}}""", """{"spec":{"tolerations":[{"key":"b"}]}}""")]
    public void A_pod_is_patched(string target, string patch, string expected) => Patched(ResourceTypes.Pod, target, patch, expected);

    [Theory]
    [InlineData("""{"spec":{"ports":[{"port":80,"nodePort":30000},{"port":81}]}}""", """{"spec":{"ports":[{"port":80,"targetPort":8080}]}}""",
        """{"spec":{"ports":[{"port":80,"nodePort":30000,"targetPort":8080},{"port":81}]}}""")]
    [InlineData("""{"spec":{"selector":{"a":"1"}}}""", """{"spec":{"selector":{"b":"2"}}}""", """{"spec":{"selector":{"a":"1","b":"2"}}}""")]
    public void A_service_is_patched(string target, string patch, string expected) => Patched(ResourceTypes.Service, target, patch, expected);

    [Theory]
    [InlineData("""{"spec":{"metrics":[{"type":"Resource"}]}}""", """{"spec":{"metrics":[{"type":"Pods"}]}}""", """{"spec":{"metrics":[{"type":"Pods"}]}}""")]
    public void An_autoscaler_is_patched(string target, string patch, string expected) => Patched(ResourceTypes.HorizontalPodAutoscaler, target, patch, expected);

    [Theory]
    [InlineData("""{"webhooks":[{"name":"a","timeoutSeconds":1},{"name":"b"}]}""", """{"webhooks":[{"name":"a","timeoutSeconds":2}]}""",
        """{"webhooks":[{"name":"a","timeoutSeconds":2},{"name":"b"}]}""")]
    public void A_webhook_configuration_is_patched(string target, string patch, string expected) =>
        Patched(ResourceTypes.MutatingWebhookConfiguration, target, patch, expected);

    [Fact]
    public void A_directive_that_is_none_is_refused() => Assert.Equal(400, Assert.Throws<KubeException>(() =>
        MergePatch.Strategic(new JsonObject(), JsonNode.Parse("""{"$patch":"explode"}"""), MergeRules.For(ResourceTypes.Pod))).Code);

    private static void Patched(ResourceType type, string target, string patch, string expected) =>
        Assert.Equal(expected, MergePatch.Strategic(JsonNode.Parse(target), JsonNode.Parse(patch), MergeRules.For(type))!.ToJsonString());
}
