using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Store;

public sealed class ClusterStoreTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private ClusterStore store;

    public ClusterStoreTests() => store = new(directory.Path);

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_new_object_gets_uid_creation_time_version_and_generation()
    {
        var created = store.Create(ResourceTypes.Deployment, Deployment("web"));

        Assert.True(Guid.TryParse(created.Uid, out _));
        Assert.Equal(1, created.Generation);
        Assert.Equal(store.ResourceVersion, created.ResourceVersion);
        Assert.NotNull(created.Metadata["creationTimestamp"]);
        Assert.Equal("apps/v1", created["apiVersion"].AsText());
    }

    [Fact]
    public void Generation_counts_changes_of_the_spec_alone()
    {
        var obj = store.Create(ResourceTypes.Deployment, Deployment("web"));
        obj.Metadata["labels"] = new JsonObject { ["a"] = "b" };
        obj = store.Update(ResourceTypes.Deployment, obj);
        Assert.Equal(1, obj.Generation);

        obj = store.UpdateStatus(ResourceTypes.Deployment, "default", "web", new JsonObject { ["replicas"] = 3 });
        Assert.Equal(1, obj.Generation);

        obj["spec"]!["replicas"] = 7;
        obj["status"] = new JsonObject { ["replicas"] = 99 };
        obj = store.Update(ResourceTypes.Deployment, obj);
        Assert.Equal(2, obj.Generation);
        Assert.Equal(3, obj.At("status", "replicas").AsNumber());
    }

    [Fact]
    public void An_update_that_changes_nothing_keeps_its_version()
    {
        var obj = store.Create(ResourceTypes.Deployment, Deployment("web"));
        Assert.Equal(obj.ResourceVersion, store.Update(ResourceTypes.Deployment, obj).ResourceVersion);
    }

    [Fact]
    public void An_update_of_an_old_version_conflicts()
    {
        var old = store.Create(ResourceTypes.ConfigMap, Named("settings"));
        var newer = old.Copy();
        newer["data"] = new JsonObject { ["a"] = "1" };
        store.Update(ResourceTypes.ConfigMap, newer);

        old["data"] = new JsonObject { ["a"] = "2" };
        var refusal = Assert.Throws<KubeException>(() => store.Update(ResourceTypes.ConfigMap, old));
        Assert.Equal((409, "Conflict"), (refusal.Code, refusal.Reason));
    }

    [Fact]
    public void A_second_create_is_refused_and_a_missing_namespace_too()
    {
        store.Create(ResourceTypes.ConfigMap, Named("settings"));
        Assert.Equal("AlreadyExists", Assert.Throws<KubeException>(() => store.Create(ResourceTypes.ConfigMap, Named("settings"))).Reason);
        Assert.Equal("NotFound", Assert.Throws<KubeException>(() => store.Create(ResourceTypes.ConfigMap, Named("settings", "nowhere"))).Reason);
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("under_score")]
    [InlineData("-dash")]
    [InlineData("")]
    public void A_name_that_is_no_subdomain_is_invalid(string name)
    {
        var refusal = Assert.Throws<KubeException>(() => store.Create(ResourceTypes.ConfigMap, Named(name)));
        Assert.Equal(422, refusal.Code);
        Assert.Equal("metadata.name", Assert.Single(refusal.Causes).Field);
    }

    [Fact]
    public void Everything_is_there_after_a_restart()
    {
        var created = store.Create(ResourceTypes.ConfigMap, Named("settings"));
        store.Create(ResourceTypes.ConfigMap, Named("gone"));
        store.Delete(ResourceTypes.ConfigMap, "default", "gone");
        var version = store.ResourceVersion;
        store.Dispose();
        store = new(directory.Path);

        Assert.Equal(version, store.ResourceVersion);
        Assert.True(JsonNode.DeepEquals(created, store.Find(ResourceTypes.ConfigMap, "default", "settings")));
        Assert.Null(store.Find(ResourceTypes.ConfigMap, "default", "gone"));
        using var resumed = store.Open(created.ResourceVersion);
        Assert.True(resumed.Reader.TryRead(out var next));
        Assert.Equal((ClusterEventKind.Added, "gone"), (next.Kind, next.Object.Name));
    }

    [Fact]
    public void A_write_that_returned_is_on_disk_without_any_shutdown()
    {
        var created = store.Create(ResourceTypes.ConfigMap, Named("acknowledged"));
        // What a killed process leaves behind: the files as they are at this moment.
        using var left = new TemporaryDirectory();
        foreach (var file in Directory.GetFiles(directory.Path)) File.Copy(file, Path.Combine(left.Path, Path.GetFileName(file)));
        using var next = new ClusterStore(left.Path);
        Assert.True(JsonNode.DeepEquals(created, next.Find(ResourceTypes.ConfigMap, "default", "acknowledged")));
        Assert.Equal(store.ResourceVersion, next.ResourceVersion);
    }

    [Fact]
    public void A_stream_from_a_forgotten_version_is_expired()
    {
        using var small = new TemporaryDirectory();
        using var cluster = new ClusterStore(small.Path, history: 8);
        for (var i = 0; i < 40; i++) cluster.Create(ResourceTypes.ConfigMap, Named($"c{i}"));

        Assert.Equal(410, Assert.Throws<KubeException>(() => cluster.Open(since: 2)).Code);
        using var recent = cluster.Open(cluster.ResourceVersion - 3);
        var replayed = new List<string>();
        while (recent.Reader.TryRead(out var change)) replayed.Add(change.Object.Name);
        Assert.Equal(["c37", "c38", "c39"], replayed);
    }

    [Fact]
    public async Task Subscribers_see_every_change_in_order()
    {
        var seen = new ConcurrentQueue<string>();
        var done = new TaskCompletionSource();
        using var subscription = store.Subscribe(change =>
        {
            if (change.Type != ResourceTypes.ConfigMap) return;
            seen.Enqueue($"{change.Kind} {change.Object.Name} {change.Previous?["data"]?["n"]} {change.Object["data"]?["n"]}");
            if (change.Kind == ClusterEventKind.Deleted) done.SetResult();
            if (seen.Count == 1) throw new InvalidOperationException("A subscriber that fails once is still told of the rest.");
        });
        var obj = Named("settings");
        obj["data"] = new JsonObject { ["n"] = "1" };
        obj = store.Create(ResourceTypes.ConfigMap, obj);
        obj["data"]!["n"] = "2";
        store.Update(ResourceTypes.ConfigMap, obj);
        store.Delete(ResourceTypes.ConfigMap, "default", "settings");

        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["Added settings  1", "Modified settings 1 2", "Deleted settings 2 2"], seen);
    }

    [Fact]
    public void What_is_handed_out_is_a_copy()
    {
        var created = store.Create(ResourceTypes.ConfigMap, Named("settings"));
        created["data"] = new JsonObject { ["changed"] = "by the caller" };
        Assert.Null(store.Get(ResourceTypes.ConfigMap, "default", "settings")["data"]);
    }

    [Fact]
    public void Finalizers_keep_a_deleted_object_until_the_last_is_removed()
    {
        var obj = Named("guarded");
        obj.Metadata["finalizers"] = new JsonArray("example.com/guard");
        store.Create(ResourceTypes.ConfigMap, obj);
        store.Delete(ResourceTypes.ConfigMap, "default", "guarded");

        var marked = store.Get(ResourceTypes.ConfigMap, "default", "guarded");
        Assert.True(marked.IsTerminating);
        marked.Metadata.Remove("finalizers");
        store.Update(ResourceTypes.ConfigMap, marked);
        Assert.Null(store.Find(ResourceTypes.ConfigMap, "default", "guarded"));
    }

    [Fact]
    public async Task A_deleted_namespace_takes_nothing_new_loses_its_content_and_goes()
    {
        store.Create(ResourceTypes.Namespace, new() { ["metadata"] = new JsonObject { ["name"] = "foo" } });
        store.Create(ResourceTypes.ConfigMap, Named("plain", "foo"));
        var guarded = Named("guarded", "foo");
        guarded.Metadata["finalizers"] = new JsonArray("example.com/guard");
        store.Create(ResourceTypes.ConfigMap, guarded);
        store.Delete(ResourceTypes.Namespace, null, "foo");

        await Eventually.Holds(() => store.Find(ResourceTypes.ConfigMap, "foo", "plain") is null, "the content of the namespace goes");
        Assert.Equal("Terminating", store.Get(ResourceTypes.Namespace, null, "foo").At("status", "phase").AsText());
        var refusal = Assert.Throws<KubeException>(() => store.Create(ResourceTypes.ConfigMap, Named("late", "foo")));
        Assert.Equal((403, "NamespaceTerminating"), (refusal.Code, Assert.Single(refusal.Causes).Reason));

        await Eventually.Holds(() => store.Get(ResourceTypes.ConfigMap, "foo", "guarded").IsTerminating, "the guarded object is marked");
        var marked = store.Get(ResourceTypes.ConfigMap, "foo", "guarded");
        marked.Metadata.Remove("finalizers");
        store.Update(ResourceTypes.ConfigMap, marked);
        await Eventually.Holds(() => store.Find(ResourceTypes.Namespace, null, "foo") is null, "the empty namespace goes");
    }

    [Fact]
    public void The_namespaces_of_the_cluster_itself_stay() =>
        Assert.Equal(403, Assert.Throws<KubeException>(() => store.Delete(ResourceTypes.Namespace, null, "kube-system")).Code);

    internal static JsonObject Named(string name, string ns = "default") =>
        new() { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns } };

    internal static JsonObject Deployment(string name, string ns = "default")
    {
        var deployment = Named(name, ns);
        var labels = new JsonObject { ["app"] = name };
        deployment["spec"] = new JsonObject
        {
            ["replicas"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = labels },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app:1" }) },
            },
        };
        return deployment;
    }
}
