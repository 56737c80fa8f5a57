using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Store;

public sealed class LabelSelectorTests
{
    private static readonly JsonObject Labels = new() { ["app"] = "hello", ["version"] = "v0-0-1", ["example.com/team"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app=hello", true)]
    [InlineData("app==hello,version=v0-0-1", true)]
    [InlineData("app=other", false)]
    [InlineData("app!=other", true)]
    [InlineData("missing!=anything", true)]
    [InlineData("version in (v0-0-1, v0-0-2)", true)]
    [InlineData("version notin (v0-0-1,v0-0-2)", false)]
    [InlineData("missing notin (a)", true)]
    [InlineData("app", true)]
    [InlineData("missing", false)]
    [InlineData("!missing", true)]
    [InlineData("!app", false)]
    [InlineData("example.com/team=", true)]
    public void A_query_selects_by_equality_set_and_presence(string query, bool selected) =>
        Assert.Equal(selected, LabelSelector.Parse(query).Matches(Labels));

    [Theory]
    [InlineData("app in hello")]
    [InlineData("=value")]
    [InlineData("app foo (a)")]
    public void An_unreadable_query_is_a_bad_request(string query) =>
        Assert.Equal(400, Assert.Throws<KubeException>(() => LabelSelector.Parse(query)).Code);

    [Fact]
    public void The_object_form_joins_labels_and_expressions()
    {
        var selector = JsonNode.Parse("""
            {"matchLabels": {"app": "hello"}, "matchExpressions": [{"key": "version", "operator": "NotIn", "values": ["v0-0-2"]}]}
            """);
        Assert.True(LabelSelector.FromObject(selector).Matches(Labels));
        Assert.False(LabelSelector.FromObject(selector).Matches(new() { ["app"] = "hello", ["version"] = "v0-0-2" }));
    }

    [Fact]
    public void A_service_without_selector_selects_nothing()
    {
        Assert.Null(LabelSelector.FromMap(null));
        Assert.Null(LabelSelector.FromMap(new JsonObject()));
    }
}
