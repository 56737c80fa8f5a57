using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.TestKit;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Functions.Tests.Canaries.ForeignActors;

/// <summary>Something that somebody else does to what a run steers.</summary>
/// <param name="Name">As the table names it.</param>
/// <param name="Type">The kind of the object.</param>
/// <param name="Object">Its name.</param>
/// <param name="Edit">The merge patch, made from the object as it stands; null: it is deleted.</param>
/// <param name="Concern">Whose field it is.</param>
public sealed record ForeignEdit(string Name, ResourceType Type, string Object, Func<JsonObject, JsonObject>? Edit, Concern Concern)
{
    private const string Candidate = "v0-0-2";

    public static IReadOnlyList<ForeignEdit> All { get; } =
    [
        new("weights of the route changed", ResourceType.VirtualService, "hello", routes => Http(routes, http =>
            (Serving(http)["route"]![0]!["weight"], Serving(http)["route"]![1]!["weight"]) = (1, 99)), Concern.Run),
        new("a destination put into the route", ResourceType.VirtualService, "hello", routes => Http(routes, http =>
            Serving(http)["route"]!.AsArray().Add(Yaml.Read("{destination: {host: elsewhere}, weight: 0}"))), Concern.Run),
        new("VirtualService deleted", ResourceType.VirtualService, "hello", null, Concern.Run),
        new("hosts changed", ResourceType.VirtualService, "hello", _ => Yaml.Read("spec: {hosts: [theirs.example]}"), Concern.Changed),
        new("a timeout added to the route", ResourceType.VirtualService, "hello", routes => Http(routes, http => Serving(http)["timeout"] = "7s"), Concern.Added),
        new("a route added", ResourceType.VirtualService, "hello", routes => Http(routes, http => http.Insert(0, Yaml.Read(
            "{name: theirs, match: [{uri: {prefix: /theirs}}], route: [{destination: {host: theirs}}]}"))), Concern.Added),
        new("a label added", ResourceType.VirtualService, "hello", _ => Yaml.Read("metadata: {labels: {theirs: x}}"), Concern.Added),
        new("the candidate's subset removed", ResourceType.DestinationRule, "hello", rule => new()
        {
            ["spec"] = new JsonObject
            {
                ["subsets"] = new JsonArray([.. rule.Items("spec", "subsets").Where(subset => subset.Text("name") != Candidate).Select(subset => subset!.DeepClone())]),
            },
        }, Concern.Run),
        new("a traffic policy added", ResourceType.DestinationRule, "hello", _ => Yaml.Read("spec: {trafficPolicy: {loadBalancer: {simple: RANDOM}}}"), Concern.Added),
        new("the candidate's image changed", ResourceType.Deployment, $"hello-{Candidate}", deployment =>
        {
            var containers = deployment["spec"]!["template"]!["spec"]!["containers"]!.DeepClone();
            containers[0]!["image"] = "hello:0.0.3";
            return new() { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = containers } } } };
        }, Concern.Pods),
        new("the candidate's Deployment deleted", ResourceType.Deployment, $"hello-{Candidate}", null, Concern.Pods),
    ];

    /// <summary>How the run ends under a policy, once a person has resumed it where it held.</summary>
    public CanaryPhase EndUnder(ForeignChangePolicy policy) => (policy, Name) switch
    {
        (ForeignChangePolicy.Abort, _) => CanaryPhase.RolledBack,

        // Without the rule, the subset or the pods there is nothing to go on with.
        (ForeignChangePolicy.Respect, "VirtualService deleted" or "the candidate's subset removed" or "a destination put into the route") => CanaryPhase.Failed,
        (ForeignChangePolicy.Respect, "the candidate's Deployment deleted") => CanaryPhase.RolledBack,
        _ => CanaryPhase.Promoted,
    };

    /// <summary>Whether the edit is still there after the run.</summary>
    public bool IsKeptUnder(ForeignChangePolicy policy) => Concern switch
    {
        Concern.Added => true,
        Concern.Changed => policy != ForeignChangePolicy.Repair,
        _ => false,
    };

    public override string ToString() => Name;

    private static JsonNode Serving(JsonArray http) => http.Single(route => route.Text("name") == "default")!;

    private static JsonObject Http(JsonObject routes, Action<JsonArray> edit)
    {
        var http = routes["spec"]!["http"]!.DeepClone().AsArray();
        edit(http);
        return new() { ["spec"] = new JsonObject { ["http"] = http } };
    }
}

/// <summary>Whose field an edit changes.</summary>
public enum Concern
{
    /// <summary>What the run itself sets.</summary>
    Run,

    /// <summary>What stood before the run and is none of its concern.</summary>
    Changed,

    /// <summary>What nobody had set.</summary>
    Added,

    /// <summary>The candidate's pods.</summary>
    Pods,
}
