using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

/// <summary>A service that is routed by a VirtualService and a DestinationRule, before any canary.</summary>
public abstract class RoutedByIstio
{
    private protected static readonly TrafficSplit Ten = new("foo", "hello", "v0-0-1", "v0-0-2", 10, new("version", "v0-0-2"), StatesWeight: true);

    private protected RoutedByIstio()
    {
        Router = new(Resources);
        Reset();
    }

    private protected FakeResources Resources { get; } = new();

    private protected IstioTrafficRouter Router { get; }

    private protected JsonObject? Routes => Resources.Get(ResourceType.VirtualService, "foo", "hello");

    private protected JsonObject? Subsets => Resources.Get(ResourceType.DestinationRule, "foo", "hello");

    /// <summary>Puts the rules there as they are before any canary.</summary>
    private protected void Reset()
    {
        const string cases = "tests/Orchestrator.Cluster.Tests/Istio/cases";
        Resources.Put(ResourceType.VirtualService, Yaml.Read(GoldenCases.Read(cases, "first-weight", "virtualservice.yaml")));
        Resources.Put(ResourceType.DestinationRule, Yaml.Read(GoldenCases.Read(cases, "first-weight", "destinationrule.yaml")));
    }

    /// <summary>What a run may change and must restore.</summary>
    private protected static string Ours(JsonObject? rule) => $"{rule?["metadata"]!["labels"]?.ToJsonString()} {rule?["spec"]!.ToJsonString()}";
}
