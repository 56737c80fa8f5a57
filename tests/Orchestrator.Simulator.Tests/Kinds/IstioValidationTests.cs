using System.Text.Json.Nodes;
using Orchestrator.Simulator.Kinds;
using Orchestrator.Simulator.Tests.Store;

namespace Orchestrator.Simulator.Tests.Kinds;

public sealed class IstioValidationTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly ClusterStore store;

    public IstioValidationTests() => store = new(directory.Path);

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData("""[{"destination": {}}]""", "spec.http[0].route[0].destination.host", "Required value")]
    [InlineData("""[{"weight": 1}]""", "spec.http[0].route[0].destination", "Required value")]
    [InlineData("""[{"destination": {"host": "a"}, "weight": "10"}]""", "spec.http[0].route[0].weight", "must be of type integer: \"string\"")]
    [InlineData("""[{"destination": {"host": "a"}, "weight": 1.5}]""", "spec.http[0].route[0].weight", "must be of type integer: \"number\"")]
    [InlineData("""{"destination": {"host": "a"}}""", "spec.http[0].route", "must be of type array: \"object\"")]
    public void A_virtual_service_of_the_wrong_form_is_invalid_field_by_field(string route, string field, string message)
    {
        var refusal = Assert.Throws<KubeException>(() =>
            Create(ResourceTypes.VirtualService, $$"""{"hosts": ["*"], "http": [{"route": {{route}}}]}"""));
        Assert.Equal(422, refusal.Code);
        Assert.Equal(field, Assert.Single(refusal.Causes).Field);
        Assert.Contains(message, refusal.Causes[0].Message);
    }

    [Theory]
    [InlineData("""{"hosts": ["*"], "http": [{"match": [{"uri": {"prefix": "/", "exact": "/"}}]}]}""", "at most one of exact, prefix, regex")]
    [InlineData("""{"hosts": ["*"], "http": [{"timeout": "soon"}]}""", "must be a valid duration")]
    [InlineData("""{"hosts": ["*"], "http": [{"corsPolicy": {"unmatchedPreflights": "DROP"}}]}""",
        "supported values: \"UNSPECIFIED\", \"FORWARD\", \"IGNORE\"")]
    public void Alternatives_durations_and_words_are_checked(string spec, string message) =>
        Assert.Contains(message, Assert.Throws<KubeException>(() => Create(ResourceTypes.VirtualService, spec)).Message);

    [Theory]
    [InlineData("""{"hosts": ["*"]}""", "http, tcp or tls must be provided")]
    [InlineData("""{"hosts": ["*"], "http": [{"name": "empty"}]}""", "HTTP route, redirect or direct_response is required")]
    [InlineData("""{"hosts": ["a", "a"], "http": [{"route": [{"destination": {"host": "a"}}]}]}""", "duplicate hosts")]
    [InlineData("""{"hosts": ["*"], "http": [{"route": [{"destination": {"host": "a"}, "weight": -1}]}]}""", "weight -1 < 0")]
    [InlineData("""{"hosts": ["*"], "http": [{"route": [{"destination": {"host": "a"}, "weight": 0}, {"destination": {"host": "b"}}]}]}""",
        "total destination weight = 0")]
    [InlineData("""{"hosts": ["a"], "tcp": [{}]}""", "must have a destination")]
    [InlineData("""{"hosts": ["a"], "tls": [{"match": [{"sniHosts": ["b"]}], "route": [{"destination": {"host": "a"}}]}]}""", "not a compatible subset")]
    [InlineData("""{"tcp": [{"route": [{"destination": {"host": "a"}}]}]}""", "delegate virtual service must have no tcp or tls routes")]
    [InlineData("""{"http": [{"delegate": {"name": "a"}}]}""", "delegate virtual service must have no delegate of its own")]
    public void A_virtual_service_that_makes_no_sense_is_denied_by_the_webhook(string spec, string message)
    {
        var refusal = Assert.Throws<KubeException>(() => Create(ResourceTypes.VirtualService, spec));
        Assert.Equal(400, refusal.Code);
        Assert.StartsWith("admission webhook \"validation.istio.io\" denied the request: configuration is invalid: ", refusal.Message);
        Assert.Contains(message, refusal.Message);
    }

    [Fact]
    public void Weights_may_be_zero_and_need_not_sum_to_a_hundred() => Create(ResourceTypes.VirtualService,
        """{"hosts": ["*"], "http": [{"route": [{"destination": {"host": "a"}, "weight": 0}, {"destination": {"host": "b"}, "weight": 7}]}]}""");

    [Fact]
    public void Gateways_and_destination_rules_are_checked_too()
    {
        Assert.Contains("spec.host: Required value", Assert.Throws<KubeException>(() => Create(ResourceTypes.DestinationRule, "{}")).Message);
        Assert.Contains("at least one server", Assert.Throws<KubeException>(() => Create(ResourceTypes.Gateway, "{}")).Message);
        Assert.Contains("must be in the range 1..65535", Assert.Throws<KubeException>(() => Create(ResourceTypes.Gateway,
            """{"servers": [{"hosts": ["*"], "port": {"name": "http", "number": 70000, "protocol": "HTTP"}}]}""")).Message);
    }

    [Fact]
    public void An_istio_operator_may_hold_anything() =>
        Create(ResourceTypes.IstioOperator, """{"profile": "empty", "components": {"whatever": [1, "two", {"three": null}]}}""");

    private void Create(ResourceType type, string spec)
    {
        var obj = ClusterStoreTests.Named("tried");
        obj["spec"] = JsonNode.Parse(spec);
        IstioRules.Validate(type, store.Create(type, obj, dryRun: true), "validation.istio.io");
    }
}
