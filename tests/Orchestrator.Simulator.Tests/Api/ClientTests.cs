using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Orchestrator.Simulator.Tests.Api;

/// <summary>The view of KubernetesClient for .NET.</summary>
public sealed class ClientTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private readonly Kubernetes client = cluster.Client;

    [Fact]
    public async Task Objects_are_created_read_replaced_patched_and_deleted()
    {
        var ns = cluster.Namespace();
        var created = await client.CreateNamespacedConfigMapAsync(
            new() { Metadata = new() { Name = "settings" }, Data = new Dictionary<string, string> { ["a"] = "1" } }, ns);
        created.Data["a"] = "2";
        var replaced = await client.ReplaceNamespacedConfigMapAsync(created, "settings", ns);
        Assert.NotEqual(created.Metadata.ResourceVersion, replaced.Metadata.ResourceVersion);

        var stale = await Assert.ThrowsAsync<HttpOperationException>(() => client.ReplaceNamespacedConfigMapAsync(created, "settings", ns));
        Assert.Equal(HttpStatusCode.Conflict, stale.Response.StatusCode);

        var patched = await client.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"data": {"b": "3", "a": null}}""", V1Patch.PatchType.MergePatch), "settings", ns);
        Assert.Equal(new Dictionary<string, string> { ["b"] = "3" }, patched.Data);
        patched = await client.PatchNamespacedConfigMapAsync(
            new V1Patch("""
                [{"op": "test", "path": "/data/b", "value": "3"}, {"op": "add", "path": "/data/c", "value": "4"}]
                """, V1Patch.PatchType.JsonPatch), "settings", ns);
        Assert.Equal("4", patched.Data["c"]);

        await client.DeleteNamespacedConfigMapAsync("settings", ns);
        var gone = await Assert.ThrowsAsync<HttpOperationException>(() => client.ReadNamespacedConfigMapAsync("settings", ns));
        Assert.Equal(HttpStatusCode.NotFound, gone.Response.StatusCode);
        Assert.Equal("NotFound", JsonNode.Parse(gone.Response.Content).At("reason").AsText());
    }

    [Fact]
    public async Task Lists_are_selected_by_labels_and_fields_and_paged()
    {
        var ns = cluster.Namespace();
        foreach (var (name, version) in new[] { ("a", "1"), ("b", "1"), ("c", "2") })
            await client.CreateNamespacedConfigMapAsync(
                new() { Metadata = new() { Name = name, Labels = new Dictionary<string, string> { ["version"] = version } } }, ns);

        Assert.Equal(["a", "b"], await NamesAsync(labels: "version in (1,3)"));
        Assert.Equal(["c"], await NamesAsync(labels: "version!=1"));
        Assert.Equal(["b"], await NamesAsync(fields: "metadata.name=b"));
        var first = await client.ListNamespacedConfigMapAsync(ns, limit: 2);
        Assert.Equal((2, 1), (first.Items.Count, first.Metadata.RemainingItemCount));
        var second = await client.ListNamespacedConfigMapAsync(ns, limit: 2, continueParameter: first.Metadata.ContinueProperty);
        Assert.Equal("c", Assert.Single(second.Items).Metadata.Name);
        Assert.Null(second.Metadata.ContinueProperty);
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => client.ListNamespacedConfigMapAsync(ns, fieldSelector: "data.a=1"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Response.StatusCode);

        async Task<IEnumerable<string>> NamesAsync(string? labels = null, string? fields = null) =>
            (await client.ListNamespacedConfigMapAsync(ns, labelSelector: labels, fieldSelector: fields)).Items.Select(item => item.Metadata.Name);
    }

    [Fact]
    public async Task A_watch_resumes_after_the_version_it_saw_and_ends_with_a_bookmark()
    {
        var ns = cluster.Namespace();
        var version = (await client.ListNamespacedConfigMapAsync(ns)).Metadata.ResourceVersion;
        var obj = await client.CreateNamespacedConfigMapAsync(new() { Metadata = new() { Name = "watched" } }, ns);
        obj.Data = new Dictionary<string, string> { ["a"] = "1" };
        await client.ReplaceNamespacedConfigMapAsync(obj, "watched", ns);
        await client.DeleteNamespacedConfigMapAsync("watched", ns);

        var seen = new List<(string Kind, string? Name, string Version)>();
        using var answer = await cluster.Http.GetAsync(
            $"/api/v1/namespaces/{ns}/configmaps?watch=true&resourceVersion={version}&timeoutSeconds=1&allowWatchBookmarks=true",
            HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
        {
            var change = JsonNode.Parse(line)!;
            var metadata = change["object"].At("metadata");
            seen.Add((change["type"]!.ToString(), metadata.At("name").AsText(), metadata.At("resourceVersion").AsText()!));
        }
        Assert.Equal([("ADDED", "watched"), ("MODIFIED", "watched"), ("DELETED", "watched"), ("BOOKMARK", null)],
            seen.Select(change => (change.Kind, change.Name)));
        Assert.Equal(seen.Select(change => long.Parse(change.Version)).Order(), seen.Select(change => long.Parse(change.Version)));
    }

    [Fact]
    public async Task The_clients_watch_sees_what_enters_and_leaves_its_selection()
    {
        var ns = cluster.Namespace();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var seen = new List<WatchEventType>();
        var labelled = new V1ConfigMap { Metadata = new() { Name = "watched", Labels = new Dictionary<string, string> { ["on"] = "yes" } } };
        await client.CreateNamespacedConfigMapAsync(labelled, ns);
        await foreach (var (kind, _) in
            client.CoreV1.WatchListNamespacedConfigMapAsync(ns, labelSelector: "on=yes", cancellationToken: deadline.Token))
        {
            seen.Add(kind);
            if (kind == WatchEventType.Deleted) break;
            labelled.Metadata.Labels["on"] = "no";
            await client.ReplaceNamespacedConfigMapAsync(labelled, "watched", ns);
        }
        Assert.Equal([WatchEventType.Added, WatchEventType.Deleted], seen);
    }

    [Fact]
    public async Task A_watch_from_a_version_of_another_life_is_told_to_list_again()
    {
        var answer = await cluster.Http.GetStringAsync($"/api/v1/configmaps?watch=true&resourceVersion={long.MaxValue}&timeoutSeconds=1");
        var error = JsonNode.Parse(answer)!;
        Assert.Equal(("ERROR", 410L), (error["type"]!.ToString(), error["object"].At("code").AsNumber()));
    }

    [Fact]
    public async Task Custom_objects_are_applied_and_served_in_every_version()
    {
        var ns = cluster.Namespace();
        var virtualService = JsonNode.Parse("""
            {
              "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "hello"},
              "spec": {"hosts": ["*"], "http": [{"route": [{"destination": {"host": "hello"}}]}]}
            }
            """);
        await client.CustomObjects.PatchNamespacedCustomObjectAsync<JsonElement>(
            new V1Patch(virtualService, V1Patch.PatchType.ApplyPatch), "networking.istio.io", "v1", ns, "virtualservices", "hello",
            fieldManager: "tests", force: true);

        var old = await client.CustomObjects.GetNamespacedCustomObjectAsync<JsonElement>(
            "networking.istio.io", "v1beta1", ns, "virtualservices", "hello");
        Assert.Equal("networking.istio.io/v1beta1", old.GetProperty("apiVersion").GetString());
        Assert.Equal("*", old.GetProperty("spec").GetProperty("hosts")[0].GetString());
        Assert.Equal("tests", old.GetProperty("metadata").GetProperty("managedFields")[0].GetProperty("manager").GetString());
    }

    [Fact]
    public async Task A_dry_run_shows_the_result_and_leaves_no_trace()
    {
        var ns = cluster.Namespace();
        var tried = await client.CreateNamespacedServiceAsync(
            new() { Metadata = new() { Name = "tried" }, Spec = new() { Type = "NodePort", Ports = [new() { Port = 80 }] } }, ns, dryRun: "All");
        Assert.NotNull(tried.Spec.ClusterIP);
        Assert.Empty((await client.ListNamespacedServiceAsync(ns)).Items);
    }

    [Fact]
    public async Task A_deleted_namespace_is_shown_terminating_and_then_gone()
    {
        var ns = cluster.Namespace();
        await client.CreateNamespacedConfigMapAsync(new() { Metadata = new() { Name = "guarded", Finalizers = ["example.com/guard"] } }, ns);
        await client.DeleteNamespaceAsync(ns);
        Assert.Equal("Terminating", (await client.ReadNamespaceAsync(ns)).Status.Phase);
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() =>
            client.CreateNamespacedConfigMapAsync(new() { Metadata = new() { Name = "late" } }, ns));
        Assert.Equal(HttpStatusCode.Forbidden, refused.Response.StatusCode);

        await client.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"metadata": {"finalizers": null}}""", V1Patch.PatchType.MergePatch), "guarded", ns);
        await Eventually.Holds(async () => (await client.ListNamespaceAsync()).Items.All(item => item.Metadata.Name != ns), "the namespace is gone");
    }

    [Fact]
    public async Task Preconditions_keep_a_delete_from_another_object()
    {
        var ns = cluster.Namespace();
        await client.CreateNamespacedConfigMapAsync(new() { Metadata = new() { Name = "mine" } }, ns);
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => client.DeleteNamespacedConfigMapAsync("mine", ns,
            body: new() { Preconditions = new() { Uid = "00000000-0000-0000-0000-000000000000" } }));
        Assert.Equal(HttpStatusCode.Conflict, refused.Response.StatusCode);
        await client.ReadNamespacedConfigMapAsync("mine", ns);
    }

    [Fact]
    public async Task Many_are_deleted_by_their_labels()
    {
        var ns = cluster.Namespace();
        foreach (var (name, keep) in new[] { ("a", "no"), ("b", "yes"), ("c", "no") })
            await client.CreateNamespacedConfigMapAsync(
                new() { Metadata = new() { Name = name, Labels = new Dictionary<string, string> { ["keep"] = keep } } }, ns);
        await client.DeleteCollectionNamespacedConfigMapAsync(ns, labelSelector: "keep=no");
        Assert.Equal("b", Assert.Single((await client.ListNamespacedConfigMapAsync(ns)).Items).Metadata.Name);
    }

    [Fact]
    public async Task Status_and_spec_are_written_apart()
    {
        var ns = cluster.Namespace();
        // A kind that no controller writes to, so that the version read is still the newest.
        await client.CreateNamespacedPodDisruptionBudgetAsync(new() { Metadata = new() { Name = "web" }, Spec = new() { MinAvailable = 1 } }, ns);
        var budget = await client.ReadNamespacedPodDisruptionBudgetAsync("web", ns);
        budget.Status = new() { ExpectedPods = 4 };
        budget.Spec.MinAvailable = 9;
        var updated = await client.ReplaceNamespacedPodDisruptionBudgetStatusAsync(budget, "web", ns);
        Assert.Equal(("1", 4, 1), (updated.Spec.MinAvailable.Value, updated.Status.ExpectedPods, updated.Metadata.Generation));
    }

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/default/unheardof", null, 404)]
    [InlineData("GET", "/apis/unheard.of/v1/things", null, 404)]
    [InlineData("GET", "/api/v1/namespaces/default/pods/web/exec", null, 501)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps", "{", 400)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps", """{"kind": "Secret", "metadata": {"name": "a"}}""", 400)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps", """{"metadata": {"name": "a", "namespace": "other"}}""", 400)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps", """{"metadata": {"name": "UPPER"}}""", 422)]
    [InlineData("PUT", "/api/v1/namespaces/default/configmaps", "{}", 405)]
    [InlineData("POST", "/apis/apps/v1/namespaces/nowhere/deployments", """{"metadata": {"name": "a"}, "spec": {}}""", 404)]
    public async Task What_cannot_be_done_is_refused_with_a_status(string method, string path, string? body, int code)
    {
        var (answered, status) = await cluster.SendAsync(new(method), path, body);
        Assert.Equal((code, "Status", (long)code), (answered, status?["kind"].AsText(), status?["code"].AsNumber()));
    }

    [Fact]
    public async Task Unknown_media_types_are_refused()
    {
        Assert.Equal(415, (await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/configmaps", "a", "text/plain")).Code);
        Assert.Equal(415, (await cluster.SendAsync(HttpMethod.Patch, "/apis/networking.istio.io/v1/namespaces/default/virtualservices/a", "{}",
            "application/strategic-merge-patch+json")).Code);
        Assert.Equal(406, (await cluster.SendAsync(HttpMethod.Get, "/api/v1/namespaces", accept: "application/vnd.kubernetes.protobuf")).Code);
    }

    [Theory]
    [InlineData("Strict", 400)]
    [InlineData("Warn", 201)]
    [InlineData("Ignore", 201)]
    public async Task A_member_that_stands_there_twice_is_an_error_under_strict_validation(string mode, int code)
    {
        var ns = cluster.Namespace();
        var (answered, body) = await cluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/configmaps?fieldValidation={mode}",
            """{"metadata": {"name": "twice"}, "data": {"a": "1", "a": "2"}}""");
        Assert.Equal(code, answered);
        if (code == 400) Assert.Contains("duplicate field \"data.a\"", body!["message"].AsText());
        else Assert.Equal("2", body.At("data", "a").AsText());
    }

    [Fact]
    public async Task Unknown_members_are_refused_by_name_warned_of_or_dropped()
    {
        var ns = cluster.Namespace();
        const string Body = """{"metadata": {"name": "a", "lables": {}}, "spec": {"ports": [{"port": 80, "nodeport": 32180}]}}""";
        var (code, status) = await cluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/services?fieldValidation=Strict", Body);
        Assert.Equal(400, code);
        Assert.EndsWith(
            "strict decoding error: unknown field \"metadata.lables\", unknown field \"spec.ports[0].nodeport\"", status!["message"].AsText());

        using var content = new StringContent(Body, System.Text.Encoding.UTF8, "application/json");
        using var warned = await cluster.Http.PostAsync($"/api/v1/namespaces/{ns}/services", content);
        Assert.Contains("299 - \"unknown field \\\"metadata.lables\\\"\"", warned.Headers.GetValues("Warning"));
        Assert.Null(cluster.Server.Store.Get(ResourceTypes.Service, ns, "a").At("metadata", "lables"));
    }
}
