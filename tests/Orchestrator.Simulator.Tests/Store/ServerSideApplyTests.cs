using System.Text.Json.Nodes;
using CsCheck;
using Orchestrator.Simulator.Store.Fields;

namespace Orchestrator.Simulator.Tests.Store;

public sealed class ServerSideApplyTests
{
    private const string Now = "2026-01-01T00:00:00Z";

    [Fact]
    public void What_an_applier_no_longer_states_goes_unless_somebody_else_holds_it()
    {
        var live = Apply(null, """{"metadata": {"name": "d"}, "spec": {"replicas": 2, "paused": true, "minReadySeconds": 5}}""", "a");
        live = Apply(live, """{"metadata": {"name": "d"}, "spec": {"paused": true}}""", "b");
        live = Apply(live, """{"metadata": {"name": "d"}, "spec": {"replicas": 2}}""", "a");

        Assert.Equal("""{"replicas":2,"paused":true}""", live["spec"]!.ToJsonString());
    }

    [Fact]
    public void Every_conflict_is_named_with_its_manager_and_field()
    {
        var live = Apply(null, Deployment("app:1", replicas: 2), "a");
        var refusal = Assert.Throws<KubeException>(() => Apply(live, Deployment("app:2", replicas: 3), "b"));

        Assert.Equal((409, "Conflict"), (refusal.Code, refusal.Reason));
        Assert.Equal([".spec.replicas", ".spec.template.spec.containers[name=\"app\"].image"], refusal.Causes.Select(cause => cause.Field));
        Assert.All(refusal.Causes, cause => Assert.Equal(("FieldManagerConflict", "conflict with \"a\""), (cause.Reason, cause.Message)));
        Assert.StartsWith("Apply failed with 2 conflicts: conflicts with \"a\":\n- .spec.replicas", refusal.Message);
    }

    [Fact]
    public void The_same_value_is_held_together_and_a_forced_one_is_taken()
    {
        var live = Apply(null, Deployment("app:1", replicas: 2), "a");
        live = Apply(live, """{"metadata": {"name": "d"}, "spec": {"replicas": 2}}""", "b");
        Assert.Equal(["a", "b"], Holders(live, "f:replicas"));

        live = Apply(live, """{"metadata": {"name": "d"}, "spec": {"replicas": 5}}""", "b", force: true);
        Assert.Equal(["b"], Holders(live, "f:replicas"));
        Assert.Equal(5, live.At("spec", "replicas").AsNumber());
    }

    [Fact]
    public void Items_of_lists_with_keys_belong_to_their_appliers()
    {
        var live = Apply(null, """{"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80, "name": "http"}]}}""", "a", ResourceTypes.Service);
        live = Apply(live, """{"metadata": {"name": "s"}, "spec": {"ports": [{"port": 443, "name": "https"}]}}""", "b", ResourceTypes.Service);
        Assert.Equal([80, 443], Ports(live));

        live = Apply(live, """{"metadata": {"name": "s"}, "spec": {}}""", "a", ResourceTypes.Service);
        Assert.Equal([443], Ports(live));

        static IEnumerable<long?> Ports(JsonObject service) => ((JsonArray)service.At("spec", "ports")!).Select(port => port.At("port").AsNumber());
    }

    [Fact]
    public void Lists_with_keys_in_a_definition_belong_to_their_appliers_and_the_others_to_one()
    {
        var gateway = Apply(null, Listener("http", 80), "a", ResourceTypes.KubernetesGateway);
        gateway = Apply(gateway, Listener("other", 81), "b", ResourceTypes.KubernetesGateway);
        Assert.Equal("http,other", string.Join(",", gateway.At("spec", "listeners")!.AsArray().Select(listener => listener!["name"])));
        Assert.Equal(".spec.listeners[name=\"http\"].port", Assert.Single(Assert.Throws<KubeException>(
            () => Apply(gateway, Listener("http", 82), "b", ResourceTypes.KubernetesGateway)).Causes).Field);

        var route = Apply(null, Rule("one"), "a", ResourceTypes.HttpRoute);
        Assert.Equal(".spec.rules", Assert.Single(Assert.Throws<KubeException>(() => Apply(route, Rule("two"), "b", ResourceTypes.HttpRoute)).Causes).Field);

        static string Listener(string name, int port) =>
            $$$"""{"metadata": {"name": "g"}, "spec": {"listeners": [{"name": "{{{name}}}", "port": {{{port}}}, "protocol": "HTTP"}]}}""";

        static string Rule(string service) => $$$"""{"metadata": {"name": "r"}, "spec": {"rules": [{"backendRefs": [{"name": "{{{service}}}", "port": 80}]}]}}""";
    }

    [Fact]
    public void Entries_are_set_by_who_sends_them_and_taken_away_by_an_empty_one()
    {
        var old = Apply(null, Deployment("app:1", replicas: 2), "a");
        var updated = old.Copy();
        updated.Metadata["managedFields"]![0]!["manager"] = "b";
        ManagedFields.Track(ResourceTypes.Deployment, old, updated, "c", null, Now);
        Assert.Equal(["b"], Holders(updated, "f:replicas"));

        updated.Metadata["managedFields"] = new JsonArray(new JsonObject());
        ManagedFields.Track(ResourceTypes.Deployment, old, updated, "c", null, Now);
        Assert.Null(updated.Metadata["managedFields"]);
    }

    [Fact]
    public void Lists_of_Istio_belong_to_one_applier_as_a_whole()
    {
        var live = Apply(null,
            """{"metadata": {"name": "v"}, "spec": {"hosts": ["*"], "http": [{"name": "one"}]}}""", "a", ResourceTypes.VirtualService);
        var refusal = Assert.Throws<KubeException>(() =>
            Apply(live, """{"metadata": {"name": "v"}, "spec": {"http": [{"name": "two"}]}}""", "b", ResourceTypes.VirtualService));
        Assert.Equal(".spec.http", Assert.Single(refusal.Causes).Field);

        live = Apply(live, """{"metadata": {"name": "v"}, "spec": {"http": [{"name": "two"}]}}""", "b", ResourceTypes.VirtualService, force: true);
        Assert.Equal("""[{"name":"two"}]""", live.At("spec", "http")!.ToJsonString());
        Assert.Equal("""["*"]""", live.At("spec", "hosts")!.ToJsonString());
    }

    [Fact]
    public void An_update_takes_what_it_changes_from_the_appliers()
    {
        var live = Apply(null, Deployment("app:1", replicas: 2), "a");
        var updated = live.Copy();
        updated["spec"]!["replicas"] = 7;
        ManagedFields.Track(ResourceTypes.Deployment, live, updated, "scaler", null, Now);

        Assert.Equal(["scaler"], Holders(updated, "f:replicas"));
        var refusal = Assert.Throws<KubeException>(() => Apply(updated, Deployment("app:1", replicas: 2), "a"));
        Assert.Equal($"conflict with \"scaler\" using apps/v1 at {Now}", Assert.Single(refusal.Causes).Message);
        // Not stating the field any more leaves it to the scaler.
        updated = Apply(updated, Deployment("app:1", replicas: null), "a");
        Assert.Equal(7, updated.At("spec", "replicas").AsNumber());
    }

    [Fact]
    public void Applying_twice_changes_nothing() => Objects.Sample(text =>
    {
        var once = Apply(null, text, "a");
        var twice = ServerSideApply.Apply(ResourceTypes.Deployment, once, Parse(text), "a", null, false, now: "2027-01-01T00:00:00Z");
        return JsonNode.DeepEquals(once, twice);
    });

    [Fact]
    public void What_another_manager_holds_survives_any_apply() => Gen.Select(Objects, Objects, Objects).Sample(texts =>
    {
        var (mine, theirs, mineLater) = texts;
        var live = Apply(null, mine, "a");
        live = Apply(live, theirs, "b", force: true);
        live = Apply(live, mineLater, "a", force: true);
        // Whatever b held and a did not take is as b stated it.
        var held = ManagedFields.Read(live).Where(entry => entry.Manager == "b").Aggregate(FieldSet.Empty, (all, entry) => all.Union(entry.Fields));
        var (changed, removed) = FieldSets.Compare(Parse(theirs), live, MergeRules.For(ResourceTypes.Deployment));
        return held.Intersect(changed.Union(removed)).IsEmpty;
    });

    [Fact]
    public void Whoever_applied_last_finds_everything_as_stated() => Gen.Select(Objects, Objects).Sample(texts =>
    {
        var live = Apply(Apply(null, texts.Item1, "a"), texts.Item2, "b", force: true);
        var (changed, removed) = FieldSets.Compare(Parse(texts.Item2), live, MergeRules.For(ResourceTypes.Deployment));
        var stated = ManagedFields.Owned(FieldSets.Of(Parse(texts.Item2), MergeRules.For(ResourceTypes.Deployment)));
        return stated.Intersect(changed.Union(removed)).IsEmpty;
    });

    [Fact]
    public void A_set_of_fields_reads_back_as_it_was_written() => Objects.Sample(text =>
    {
        var set = FieldSets.Of(Parse(text), MergeRules.For(ResourceTypes.Deployment));
        return FieldSet.FromFieldsV1(set.ToFieldsV1()).SameAs(set);
    });

    /// <summary>Deployments with labels, containers, ports and arguments drawn from few names, so that they often meet.</summary>
    private static Gen<string> Objects { get; } =
        from labels in Gen.Dictionary(OneOf("x", "y", "z"), OneOf("1", "2"))[0, 3]
        from containers in (from name in OneOf("app", "side")
                            from image in OneOf("i:1", "i:2")
                            from ports in OneOf(80, 443).Array[0, 2]
                            from args in OneOf("-a", "-b").Array[0, 2]
                            select (name, image, ports: ports.Distinct(), args)).Array[0, 2]
        from replicas in Gen.Int[0, 2]
        select new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "d",
                ["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["template"] = new JsonObject
                {
                    ["spec"] = new JsonObject
                    {
                        ["containers"] = new JsonArray([.. containers.DistinctBy(container => container.name).Select(container => new JsonObject
                        {
                            ["name"] = container.name,
                            ["image"] = container.image,
                            ["args"] = new JsonArray([.. container.args.Select(arg => (JsonNode)arg)]),
                            ["ports"] = new JsonArray([.. container.ports.Select(port => new JsonObject { ["containerPort"] = port })]),
                        })]),
                    },
                },
            },
        }.ToJsonString();

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Deployment(string image, int? replicas)
    {
        var spec = new JsonObject
        {
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = image }) },
            },
        };
        if (replicas is not null) spec["replicas"] = replicas;
        return new JsonObject { ["metadata"] = new JsonObject { ["name"] = "d" }, ["spec"] = spec }.ToJsonString();
    }

    private static JsonObject Apply(JsonObject? live, string text, string manager, ResourceType? type = null, bool force = false) =>
        ServerSideApply.Apply(type ?? ResourceTypes.Deployment, live, Parse(text), manager, null, force, Now);

    private static IEnumerable<string> Holders(JsonObject obj, string field) =>
        ManagedFields.Read(obj).Where(entry => !entry.Fields.At("f:spec").At(field).IsEmpty).Select(entry => entry.Manager);

    private static JsonObject Parse(string text) => (JsonObject)JsonNode.Parse(text)!;
}
