using System.Text.Json.Nodes;
using Orchestrator.Simulator.Api;

namespace Orchestrator.Simulator.Tests.Api;

/// <summary>The examples of RFC 6902, appendix A, that concern objects, and what Kubernetes makes of failures.</summary>
public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""{"foo":"bar"}""", """{"op":"add","path":"/baz","value":"qux"}""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """{"op":"add","path":"/foo/1","value":"qux"}""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"foo":["bar"]}""", """{"op":"add","path":"/foo/-","value":["abc"]}""", """{"foo":["bar",["abc"]]}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """{"op":"remove","path":"/foo/1"}""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux"}""", """{"op":"replace","path":"/baz","value":{"a":1}}""", """{"baz":{"a":1}}""")]
    [InlineData("""{"a":{"b":"c","d":"e"},"q":{}}""", """{"op":"move","from":"/a/d","path":"/q/t"}""", """{"a":{"b":"c"},"q":{"t":"e"}}""")]
    [InlineData("""{"foo":["all","grass","cows"]}""", """{"op":"move","from":"/foo/0","path":"/foo/2"}""", """{"foo":["grass","cows","all"]}""")]
    [InlineData("""{"a":"x"}""", """{"op":"copy","from":"/a","path":"/b"}""", """{"a":"x","b":"x"}""")]
    [InlineData("""{"a":[{"b":1}]}""", """{"op":"copy","from":"/a/0","path":"/a/-"}""", """{"a":[{"b":1},{"b":1}]}""")]
    [InlineData("""{"a":{"x/y":1,"m~n":2}}""", """{"op":"test","path":"/a/x~1y","value":1},{"op":"remove","path":"/a/m~0n"}""", """{"a":{"x/y":1}}""")]
    [InlineData("""{"a":1}""", """{"op":"add","path":"/b","value":null}""", """{"a":1,"b":null}""")]
    public void Operations_do_as_the_standard_says(string target, string operations, string expected) =>
        Assert.Equal(expected, Apply(target, operations).ToJsonString());

    [Theory]
    [InlineData("""{"op":"test","path":"/a","value":2}""", 422)]
    [InlineData("""{"op":"replace","path":"/b","value":2}""", 422)]
    [InlineData("""{"op":"remove","path":"/b"}""", 422)]
    [InlineData("""{"op":"copy","from":"/b","path":"/c"}""", 422)]
    [InlineData("""{"op":"add","path":"/l/7","value":2}""", 422)]
    [InlineData("""{"op":"spam","path":"/a"}""", 400)]
    [InlineData("7", 400)]
    public void What_cannot_be_done_is_refused_as_a_whole(string operation, int code)
    {
        var target = """{"a":1,"l":[]}""";
        var obj = JsonNode.Parse(target)!.AsObject();

        Assert.Equal(code, Assert.Throws<KubeException>(() => JsonPatch.Apply(obj, JsonNode.Parse($"[{{\"op\":\"add\",\"path\":\"/first\",\"value\":1}},{operation}]")!)).Code);

        Assert.Equal(target, obj.ToJsonString());
    }

    [Fact]
    public void A_patch_that_is_no_list_is_no_patch() =>
        Assert.Equal(400, Assert.Throws<KubeException>(() => JsonPatch.Apply([], new JsonObject())).Code);

    private static JsonObject Apply(string target, string operations) =>
        JsonPatch.Apply(JsonNode.Parse(target)!.AsObject(), JsonNode.Parse($"[{operations}]")!);
}
