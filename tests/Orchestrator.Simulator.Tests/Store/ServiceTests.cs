using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Store;

public sealed class ServiceTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly ClusterStore store;

    public ServiceTests() => store = new(directory.Path);

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_service_gets_an_address_and_a_node_port_of_its_own()
    {
        var first = store.Create(ResourceTypes.Service, Service("one", "NodePort"));
        var second = store.Create(ResourceTypes.Service, Service("two", "NodePort"));

        Assert.StartsWith("10.96.", first.At("spec", "clusterIP").AsText());
        Assert.NotEqual(first.At("spec", "clusterIP").AsText(), second.At("spec", "clusterIP").AsText());
        Assert.InRange(NodePort(first)!.Value, 30000, 32767);
        Assert.NotEqual(NodePort(first), NodePort(second));
    }

    [Fact]
    public void A_taken_node_port_is_refused_by_name_and_free_again_after_its_service()
    {
        store.Create(ResourceTypes.Service, Service("one", "NodePort", 32180));
        var refusal = Assert.Throws<KubeException>(() => store.Create(ResourceTypes.Service, Service("two", "NodePort", 32180)));

        Assert.Equal(422, refusal.Code);
        var cause = Assert.Single(refusal.Causes);
        Assert.Equal("spec.ports[0].nodePort", cause.Field);
        Assert.Equal("Invalid value: 32180: provided port is already allocated", cause.Message);

        store.Delete(ResourceTypes.Service, "default", "one");
        Assert.Equal(32180, NodePort(store.Create(ResourceTypes.Service, Service("two", "NodePort", 32180))));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(29999)]
    [InlineData(32768)]
    public void A_node_port_outside_the_range_is_refused(int port)
    {
        var refusal = Assert.Throws<KubeException>(() => store.Create(ResourceTypes.Service, Service("one", "NodePort", port)));
        Assert.Contains("valid ports is 30000-32767", Assert.Single(refusal.Causes).Message);
    }

    [Fact]
    public void An_update_without_addresses_keeps_them()
    {
        var created = store.Create(ResourceTypes.Service, Service("one", "NodePort"));
        var updated = store.Update(ResourceTypes.Service, Service("one", "NodePort"));
        Assert.True(JsonNode.DeepEquals(created, updated));
    }

    [Fact]
    public void A_service_turned_cluster_internal_gives_its_node_port_back()
    {
        store.Create(ResourceTypes.Service, Service("one", "NodePort", 32180));
        var internalOne = store.Update(ResourceTypes.Service, Service("one", "ClusterIP"));
        Assert.Null(NodePort(internalOne));
        store.Create(ResourceTypes.Service, Service("two", "NodePort", 32180));
    }

    private static long? NodePort(JsonObject service) => service.At("spec", "ports")?[0]?["nodePort"].AsNumber();

    private static JsonObject Service(string name, string type, int? nodePort = null)
    {
        var port = new JsonObject { ["port"] = 80 };
        if (nodePort is not null) port["nodePort"] = nodePort;
        var service = ClusterStoreTests.Named(name);
        service["spec"] = new JsonObject { ["type"] = type, ["ports"] = new JsonArray(port) };
        return service;
    }
}
