using System.Net;
using System.Text.Json.Nodes;
using k8s;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Simulator;
using Orchestrator.TestKit;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Cluster.Tests.Kubernetes;

/// <summary>The adapter against a real API server on loopback.</summary>
public sealed class ResourcesTests : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();
    private SimulatorServer server = null!;
    private Resources resources = null!;

    public async Task InitializeAsync()
    {
        server = await SimulatorServer.StartAsync(new SimulatorOptions { DataDirectory = directory.Path });
        resources = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.KubeconfigPath), TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        resources.Dispose();
        await server.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Applying_says_what_it_did()
    {
        await CreateNamespaceAsync();

        var created = await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "1"), default);
        var again = await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "1"), default);
        var changed = await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "2"), default);

        Assert.Equal([Change.Created, Change.Unchanged, Change.Updated], [created.Change, again.Change, changed.Change]);
        var read = await resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", default);
        Assert.Equal(("ConfigMap", "v1", "2"), (read!["kind"]!.GetValue<string>(), read["apiVersion"]!.GetValue<string>(), read["data"]!["size"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_field_that_somebody_else_owns_is_a_conflict_that_names_the_owner()
    {
        await CreateNamespaceAsync();
        using var kubernetes = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.KubeconfigPath));
        await kubernetes.CoreV1.PatchNamespacedConfigMapAsync(
            new(ConfigMap("settings", "1").ToJsonString(), k8s.Models.V1Patch.PatchType.ApplyPatch), "settings", "foo", fieldManager: "alice", force: true);

        var refused = await Assert.ThrowsAsync<ResourceException>(() => resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "2"), default));

        Assert.True(refused.IsConflict);
        Assert.False(refused.AlreadyExists);
        Assert.Equal([new("alice", ".data.size"), new("alice", ".metadata.labels.size")], refused.Conflicts);
        Assert.Contains("alice owns .data.size, .metadata.labels.size", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_with_an_old_resource_version_is_a_conflict_and_changes_nothing()
    {
        await CreateNamespaceAsync();
        var old = (await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "1"), default)).Object;
        await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "2"), default);
        JsonObject patch = new()
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = old["metadata"]!["resourceVersion"]!.DeepClone() },
            ["data"] = new JsonObject { ["size"] = "3" },
        };

        var refused = await Assert.ThrowsAsync<ResourceException>(() => resources.PatchAsync(ResourceType.ConfigMap, "foo", "settings", patch, default));

        Assert.True(refused.IsConflict);
        Assert.Equal("2", (await resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", default))!["data"]!["size"]!.GetValue<string>());
    }

    [Fact]
    public async Task Creating_what_exists_and_applying_what_is_invalid_are_told_apart()
    {
        await CreateNamespaceAsync();
        var exists = await Assert.ThrowsAsync<ResourceException>(() => CreateNamespaceAsync());
        var unknownField = ConfigMap("settings", "1");
        unknownField["dota"] = new JsonObject();
        var invalid = await Assert.ThrowsAsync<ResourceException>(() => resources.ApplyAsync(ResourceType.ConfigMap, unknownField, default));

        Assert.True(exists.AlreadyExists);
        Assert.False(exists.IsConflict);
        Assert.True(invalid.IsPermanent);
        Assert.Contains("dota", invalid.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_with_a_foreign_uid_is_refused_and_deleting_what_is_gone_says_so()
    {
        await CreateNamespaceAsync();
        var applied = (await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "1"), default)).Object;

        await Assert.ThrowsAsync<ResourceException>(() => resources.DeleteAsync(ResourceType.ConfigMap, "foo", "settings", "not-this-one", default));
        Assert.NotNull(await resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", default));

        Assert.True(await resources.DeleteAsync(ResourceType.ConfigMap, "foo", "settings", applied["metadata"]!["uid"]!.GetValue<string>(), default));
        Assert.False(await resources.DeleteAsync(ResourceType.ConfigMap, "foo", "settings", null, default));
    }

    [Fact]
    public async Task A_wait_ends_when_the_condition_holds_and_else_shows_the_last_state()
    {
        await CreateNamespaceAsync();
        await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "1"), default);
        static bool IsTwo(JsonObject? settings) => settings?["data"]?["size"]?.GetValue<string>() == "2";

        var waiting = resources.WaitForAsync(ResourceType.ConfigMap, "foo", "settings", IsTwo, TimeSpan.FromSeconds(30), default);
        await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "2"), default);

        Assert.True(IsTwo(await waiting));
        var unmet = await resources.WaitForAsync(ResourceType.ConfigMap, "foo", "settings", settings => settings is null, TimeSpan.FromMilliseconds(200), default);
        Assert.True(IsTwo(unmet));
    }

    [Fact]
    public async Task A_wait_for_absence_ends_with_the_deletion()
    {
        await CreateNamespaceAsync();
        await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "1"), default);

        var waiting = resources.WaitForAsync(ResourceType.ConfigMap, "foo", "settings", settings => settings is null, TimeSpan.FromSeconds(30), default);
        await resources.DeleteAsync(ResourceType.ConfigMap, "foo", "settings", null, default);

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Throttling_and_server_errors_are_outlasted()
    {
        server.Faults.Api[("patch", "configmaps")] = new ApiFault(429, RetryAfterSeconds: 0, Count: 2);
        server.Faults.Api[("get", "configmaps")] = new ApiFault(500, Count: 1);
        await CreateNamespaceAsync();

        var applied = await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "1"), default);

        Assert.Equal(Change.Created, applied.Change);
        Assert.Empty(server.Faults.Api);
    }

    [Fact]
    public async Task A_server_that_goes_on_refusing_is_reported_with_the_call()
    {
        await CreateNamespaceAsync();
        server.Faults.Api[("patch", "configmaps")] = new ApiFault(429, RetryAfterSeconds: 0);

        var refused = await Assert.ThrowsAsync<ResourceException>(() => resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("settings", "1"), default));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("PATCH /api/v1/namespaces/foo/configmaps/settings", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_go_over_all_pages_and_namespaces_and_follow_labels()
    {
        await CreateNamespaceAsync();
        await CreateNamespaceAsync("bar");
        await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("one", "1"), default);
        await resources.ApplyAsync(ResourceType.ConfigMap, ConfigMap("two", "2", "bar"), default);

        Assert.Equal(["one"], (await resources.ListAsync(ResourceType.ConfigMap, "foo", "size=1", default)).Select(Name));
        Assert.Equal(["one", "two"], (await resources.ListAsync(ResourceType.ConfigMap, null, "size", default)).Select(Name).Order());
        Assert.All(await resources.ListAsync(ResourceType.ConfigMap, null, "size", default), item => Assert.Equal("ConfigMap", item["kind"]!.GetValue<string>()));
    }

    private Task<JsonObject> CreateNamespaceAsync(string name = "foo") =>
        resources.CreateAsync(ResourceType.Namespace, new() { ["metadata"] = new JsonObject { ["name"] = name } }, default);

    private static JsonObject ConfigMap(string name, string size, string ns = "foo") => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["labels"] = new JsonObject { ["size"] = size } },
        ["data"] = new JsonObject { ["size"] = size },
    };

    private static string Name(JsonObject item) => item["metadata"]!["name"]!.GetValue<string>();
}
