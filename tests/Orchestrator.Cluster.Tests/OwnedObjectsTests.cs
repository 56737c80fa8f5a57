using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Tests;

namespace Orchestrator.Cluster.Tests;

public sealed class OwnedObjectsTests(SimulatedCluster cluster) : IClassFixture<SimulatedCluster>
{
    private const string First = "tenant.foo/first";
    private const string Second = "tenant.foo/second";

    private OwnedObjects Run(string run) => new(cluster.Resources, run);

    private async Task<string> NamespaceAsync()
    {
        var name = $"ns-{Guid.NewGuid():N}"[..20];
        await cluster.Resources.CreateAsync(ResourceType.Namespace, Manifest.Managed(ResourceType.Namespace, null, name).Object, default);
        return name;
    }

    private static Manifest Config(string ns, string name, string value) =>
        Manifest.Managed(ResourceType.ConfigMap, ns, name, new { data = new { value } });

    [Fact]
    public async Task What_a_run_creates_carries_its_mark_and_a_repeated_call_still_says_created()
    {
        var ns = await NamespaceAsync();

        var reports = new[]
        {
            await Run(First).EnsureAsync([Config(ns, "a", "1")], default),
            await Run(First).EnsureAsync([Config(ns, "a", "1")], default),
            await Run(Second).EnsureAsync([Config(ns, "a", "1")], default),
            await Run(Second).EnsureAsync([Config(ns, "a", "2")], default),
        };

        Assert.Equal(["Created", "Created", "Unchanged", "Updated"], reports.Select(report => report.Result));
        var found = await cluster.Resources.GetAsync(ResourceType.ConfigMap, ns, "a", default);
        Assert.Equal(First, found!.Annotation(Ownership.CreatedByAnnotation));
    }

    [Fact]
    public async Task An_object_of_somebody_else_is_refused_and_stays_as_it_is()
    {
        var ns = await NamespaceAsync();
        await cluster.Resources.CreateAsync(
            ResourceType.ConfigMap, new() { ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = ns } }, default);
        var before = await cluster.TextAsync(ResourceType.ConfigMap, ns, "a");

        var report = await Run(First).EnsureAsync([Config(ns, "a", "1"), Config(ns, "b", "1")], default);

        Assert.Equal(StepOutcome.Refused, report.Outcome);
        Assert.Contains($"ConfigMap {ns}/a exists and is not the orchestrator's", report.Message, StringComparison.Ordinal);
        Assert.Equal(before, await cluster.TextAsync(ResourceType.ConfigMap, ns, "a"));
        Assert.Null(await cluster.TextAsync(ResourceType.ConfigMap, ns, "b"));
    }

    [Fact]
    public async Task Undoing_deletes_what_the_run_created_and_nothing_else()
    {
        var ns = await NamespaceAsync();
        await Run(First).EnsureAsync([Config(ns, "old", "1")], default);
        Manifest[] wanted = [Config(ns, "old", "1"), Config(ns, "new", "1")];
        var before = await Run(Second).CaptureAsync(wanted, default);
        await Run(Second).EnsureAsync(wanted, default);

        var report = await Run(Second).RestoreAsync(before, default);

        Assert.Equal(("Undone", $"ConfigMap {ns}/new deleted"), (report.Result, report.Message));
        Assert.Null(await cluster.TextAsync(ResourceType.ConfigMap, ns, "new"));
        Assert.NotNull(await cluster.TextAsync(ResourceType.ConfigMap, ns, "old"));
    }

    [Fact]
    public async Task Undoing_puts_back_exactly_what_the_run_changed()
    {
        var ns = await NamespaceAsync();
        var old = Manifest.Managed(
            ResourceType.ConfigMap, ns, "a", new { data = new { value = "1", gone = "x" } }, ("team", "foo"));
        await Run(First).EnsureAsync([old], default);
        await cluster.Resources.PatchAsync(
            ResourceType.ConfigMap, ns, "a", new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["note"] = "by hand" } } }, default);
        var before = await cluster.TextAsync(ResourceType.ConfigMap, ns, "a");
        Manifest[] wanted = [Manifest.Managed(ResourceType.ConfigMap, ns, "a", new { data = new { value = "2", more = "y" } })];
        var captured = await Run(Second).CaptureAsync(wanted, default);
        await Run(Second).EnsureAsync(wanted, default);
        Assert.NotEqual(before, await cluster.TextAsync(ResourceType.ConfigMap, ns, "a"));

        var first = await Run(Second).RestoreAsync(captured, default);
        var again = await Run(Second).RestoreAsync(captured, default);

        Assert.Equal($"ConfigMap {ns}/a as before", first.Message);
        Assert.Equal("nothing to undo", again.Message);
        Assert.Equal(Sorted(before!), Sorted((await cluster.TextAsync(ResourceType.ConfigMap, ns, "a"))!));
    }

    [Fact]
    public async Task What_is_put_back_can_be_applied_again_without_a_conflict()
    {
        var ns = await NamespaceAsync();
        await Run(First).EnsureAsync([Config(ns, "a", "1")], default);
        var captured = await Run(Second).CaptureAsync([Config(ns, "a", "2")], default);
        await Run(Second).EnsureAsync([Config(ns, "a", "2")], default);
        await Run(Second).RestoreAsync(captured, default);

        var report = await Run("tenant.foo/third").EnsureAsync([Config(ns, "a", "3")], default);

        Assert.Equal("Updated", report.Result);
    }

    [Fact]
    public async Task What_was_deleted_meanwhile_is_created_again()
    {
        var ns = await NamespaceAsync();
        await Run(First).EnsureAsync([Config(ns, "a", "1")], default);
        var captured = await Run(Second).CaptureAsync([Config(ns, "a", "1")], default);
        await Run(Second).DeleteAsync([Config(ns, "a", "1")], default);

        await Run(Second).RestoreAsync(captured, default);

        var found = await cluster.Resources.GetAsync(ResourceType.ConfigMap, ns, "a", default);
        Assert.Equal("1", found.Text("data", "value"));
    }

    [Fact]
    public async Task A_Service_whose_address_was_given_to_another_is_created_again_with_a_new_one()
    {
        var ns = await NamespaceAsync();
        var wanted = Manifest.Managed(ResourceType.Service, ns, "a", new { spec = new { ports = new[] { new { name = "http", port = 80 } } } });
        await Run(First).EnsureAsync([wanted], default);
        var captured = await Run(Second).CaptureAsync([wanted], default);
        var address = captured[0].Before.Text("spec", "clusterIP");
        await Run(Second).DeleteAsync([wanted], default);
        await cluster.Resources.CreateAsync(
            ResourceType.Service, Manifest.Managed(ResourceType.Service, ns, "b", new { spec = new { clusterIP = address, ports = new[] { new { port = 80 } } } }).Object, default);

        var report = await Run(Second).RestoreAsync(captured, default);

        Assert.Equal($"Service {ns}/a created again, with another cluster IP", report.Message);
        Assert.NotEqual(address, (await cluster.Resources.GetAsync(ResourceType.Service, ns, "a", default)).Text("spec", "clusterIP"));
    }

    [Fact]
    public async Task A_deletion_that_a_finalizer_holds_is_waited_for()
    {
        var ns = await NamespaceAsync();
        await Run(First).EnsureAsync([Config(ns, "a", "1")], default);
        await cluster.Resources.PatchAsync(
            ResourceType.ConfigMap, ns, "a", new() { ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray("example.com/hold") } }, default);

        var held = await Run(Second).DeleteAsync([Config(ns, "a", "1")], default);
        var wanted = await Run(Second).EnsureAsync([Config(ns, "a", "1")], default);
        await cluster.Resources.PatchAsync(
            ResourceType.ConfigMap, ns, "a", new() { ["metadata"] = new JsonObject { ["finalizers"] = null } }, default);
        var gone = await Run(Second).DeleteAsync([Config(ns, "a", "1")], default);

        Assert.Equal((StepOutcome.Waiting, $"ConfigMap {ns}/a to be gone"), (held.Outcome, held.Message));
        Assert.Equal(StepOutcome.Waiting, wanted.Outcome);
        Assert.Equal(StepOutcome.Done, gone.Outcome);
    }

    [Fact]
    public async Task One_undo_that_is_refused_does_not_keep_the_others()
    {
        var ns = await NamespaceAsync();
        Manifest[] wanted = [Config(ns, "a", "2"), Config(ns, "b", "2")];
        await Run(First).EnsureAsync([Config(ns, "b", "1")], default);
        var captured = await Run(Second).CaptureAsync(wanted, default);
        await Run(Second).EnsureAsync(wanted, default);
        await cluster.Resources.PatchAsync(ResourceType.ConfigMap, ns, "b", new() { ["data"] = new JsonObject { ["value"] = "theirs" } }, default);

        var report = await Run(Second).RestoreAsync(captured, default);

        Assert.Equal(StepOutcome.Refused, report.Outcome);
        Assert.Contains($"ConfigMap {ns}/b", report.Message, StringComparison.Ordinal);
        Assert.Null(await cluster.TextAsync(ResourceType.ConfigMap, ns, "a"));
    }

    private static string Sorted(string json) => Sort(JsonNode.Parse(json))!.ToJsonString();

    private static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sort(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sort)]),
        _ => node?.DeepClone(),
    };
}
