using System.Text.Json.Nodes;
using k8s;

namespace Orchestrator.Simulator.Tests.Api;

public sealed class AccessTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>, IDisposable
{
    private readonly Kubectl kubectl = new(cluster.Server);

    public void Dispose() => kubectl.Dispose();

    [Fact]
    public async Task A_token_without_roles_may_ask_what_it_may_and_nothing_else()
    {
        var ns = cluster.Namespace();
        var token = await TokenAsync(ns, "nobody");

        var (code, body) = await SendAsync(token, HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods");
        Assert.Equal(403, code);
        Assert.Equal($$"""
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods is forbidden: User \"system:serviceaccount:{{ns}}:nobody\" cannot list resource \"pods\" in API group \"\" in the namespace \"{{ns}}\"","reason":"Forbidden","details":{"kind":"pods"},"code":403}
            """, Compact(body));
        Assert.Equal($"deployments.apps \"web\" is forbidden: User \"system:serviceaccount:{ns}:nobody\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"{ns}\"",
            (await SendAsync(token, HttpMethod.Patch, $"/apis/apps/v1/namespaces/{ns}/deployments/web", "{}", "application/merge-patch+json")).Body!["message"]!.ToString());
        Assert.Equal($"nodes is forbidden: User \"system:serviceaccount:{ns}:nobody\" cannot list resource \"nodes\" in API group \"\" at the cluster scope",
            (await SendAsync(token, HttpMethod.Get, "/api/v1/nodes")).Body!["message"]!.ToString());
        Assert.Equal(403, (await SendAsync(token, HttpMethod.Delete, "/simulator/faults")).Code);
        Assert.Equal(200, (await SendAsync(token, HttpMethod.Get, "/apis")).Code);
        Assert.False(await MayAsync(token, "list", "", "pods", ns));
        Assert.Equal(401, (await SendAsync(token + "x", HttpMethod.Get, "/apis")).Code);
    }

    [Fact]
    public async Task Roles_hold_in_their_namespace_and_cluster_roles_everywhere()
    {
        var (one, other) = (cluster.Namespace(), cluster.Namespace());
        var token = await TokenAsync(one, "worker");
        await CreateAsync("namespaces/" + one + "/roles", $$"""
            { "metadata": { "name": "pods" }, "rules": [
              { "apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"] },
              { "apiGroups": [""], "resources": ["pods/proxy"], "verbs": ["get"] },
              { "apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"], "verbs": ["patch"] }] }
            """);
        await CreateAsync("namespaces/" + one + "/rolebindings", $$"""
            { "metadata": { "name": "pods" }, "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "pods" },
              "subjects": [{ "kind": "ServiceAccount", "name": "worker", "namespace": "{{one}}" }] }
            """);

        Assert.Equal(200, (await SendAsync(token, HttpMethod.Get, $"/api/v1/namespaces/{one}/pods")).Code);
        Assert.Equal(403, (await SendAsync(token, HttpMethod.Get, $"/api/v1/namespaces/{other}/pods")).Code);
        Assert.Equal(403, (await SendAsync(token, HttpMethod.Get, $"/api/v1/pods")).Code);
        Assert.True(await MayAsync(token, "get", "", "pods/proxy", one));
        Assert.False(await MayAsync(token, "get", "", "pods/log", one));
        Assert.True(await MayAsync(token, "patch", "apps", "deployments", one, "web"));
        Assert.False(await MayAsync(token, "patch", "apps", "deployments", one, "db"));
        Assert.False(await MayAsync(token, "patch", "apps", "deployments", one));

        await CreateAsync("clusterrolebindings", $$"""
            { "metadata": { "name": "view-{{one}}" }, "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" },
              "subjects": [{ "kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "system:serviceaccounts:{{one}}" }] }
            """);
        Assert.Equal(200, (await SendAsync(token, HttpMethod.Get, $"/api/v1/namespaces/{other}/pods")).Code);
        Assert.Equal(403, (await SendAsync(token, HttpMethod.Get, $"/api/v1/namespaces/{other}/secrets")).Code);
    }

    [Fact]
    public async Task Nobody_hands_out_what_he_has_not_unless_he_may_bind()
    {
        var ns = cluster.Namespace();
        var token = await TokenAsync(ns, "binder");
        await CreateAsync("clusterroles", $$"""
            { "metadata": { "name": "binder-{{ns}}" }, "rules": [
              { "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["rolebindings"], "verbs": ["create", "get", "patch"] },
              { "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "resourceNames": ["view"], "verbs": ["bind"] }] }
            """);
        await CreateAsync("clusterrolebindings", $$"""
            { "metadata": { "name": "binder-{{ns}}" }, "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "binder-{{ns}}" },
              "subjects": [{ "kind": "ServiceAccount", "name": "binder", "namespace": "{{ns}}" }] }
            """);

        Assert.Equal(201, (await BindAsync("view")).Code);
        var (code, body) = await BindAsync("edit");
        Assert.Equal(403, code);
        Assert.Contains("is attempting to grant RBAC permissions not currently held", body!["message"]!.ToString());

        Task<(int Code, JsonNode? Body)> BindAsync(string role) => SendAsync(token, HttpMethod.Patch,
            $"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings/{role}?fieldManager=binder", $$"""
            { "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": { "name": "{{role}}" },
              "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "{{role}}" },
              "subjects": [{ "kind": "ServiceAccount", "name": "binder", "namespace": "{{ns}}" }] }
            """, "application/apply-patch+yaml");
    }

    [Fact]
    public async Task A_token_ends_with_its_service_account()
    {
        var ns = cluster.Namespace();
        var token = await TokenAsync(ns, "leaver");
        Assert.Equal(200, (await SendAsync(token, HttpMethod.Get, "/apis")).Code);

        cluster.Server.Store.Delete(ResourceTypes.ServiceAccount, ns, "leaver");

        Assert.Equal(401, (await SendAsync(token, HttpMethod.Get, "/apis")).Code);
    }

    [Fact]
    public async Task A_kubeconfig_of_a_service_account_is_refused_what_its_roles_do_not_allow()
    {
        var ns = cluster.Namespace();
        cluster.Server.Store.Create(ResourceTypes.ServiceAccount, new() { ["metadata"] = new JsonObject { ["name"] = "nobody", ["namespace"] = ns } });
        using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(cluster.Server.KubeconfigOf(ns, "nobody")));
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(text));

        var refusal = await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(() => client.ListNamespacedPodAsync(ns));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refusal.Response.StatusCode);
        Assert.Equal(404, Assert.Throws<KubeException>(() => cluster.Server.KubeconfigOf(ns, "missing")).Code);
    }

    [SkippableFact]
    public async Task Kubectl_asks_who_it_is_and_what_it_may()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();

        Assert.Equal("yes\n", await kubectl.OutputAsync(null, "auth", "can-i", "delete", "pods", "-n", ns));
        Assert.Contains("kubernetes-admin", await kubectl.OutputAsync(null, "auth", "whoami"));
        Assert.Contains("*.*", await kubectl.OutputAsync(null, "auth", "can-i", "--list", "-n", ns));
        await kubectl.OutputAsync(null, "create", "serviceaccount", "sa", "-n", ns);
        var token = (await kubectl.OutputAsync(null, "create", "token", "sa", "-n", ns)).Trim();
        Assert.False(await MayAsync(token, "list", "", "pods", ns));
        var (exit, output, _) = await kubectl.RunAsync(null, "auth", "can-i", "list", "pods", "-n", ns, "--as", $"system:serviceaccount:{ns}:sa");
        Assert.Equal((1, "no\n"), (exit, output));
        await kubectl.OutputAsync(null, "create", "rolebinding", "sa", "-n", ns, "--clusterrole=edit", $"--serviceaccount={ns}:sa");
        Assert.Equal("yes\n", await kubectl.OutputAsync(null, "auth", "can-i", "create", "pods", "-n", ns, "--as", $"system:serviceaccount:{ns}:sa"));
    }

    private async Task<string> TokenAsync(string ns, string account)
    {
        cluster.Server.Store.Create(ResourceTypes.ServiceAccount, new() { ["metadata"] = new JsonObject { ["name"] = account, ["namespace"] = ns } });
        var (code, body) = await cluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/serviceaccounts/{account}/token", """{ "spec": {} }""");
        Assert.Equal(201, code);
        return body!["status"]!["token"]!.ToString();
    }

    private async Task CreateAsync(string path, string body) =>
        Assert.Equal(201, (await cluster.SendAsync(HttpMethod.Post, $"/apis/rbac.authorization.k8s.io/v1/{path}", body)).Code);

    private async Task<bool> MayAsync(string token, string verb, string group, string resource, string ns, string name = "")
    {
        var parts = resource.Split('/');
        var (code, body) = await SendAsync(token, HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", $$"""
            { "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": { "resourceAttributes": {
              "verb": "{{verb}}", "group": "{{group}}", "resource": "{{parts[0]}}", "subresource": "{{parts.ElementAtOrDefault(1)}}", "namespace": "{{ns}}", "name": "{{name}}" } } }
            """);
        Assert.Equal(201, code);
        return (bool)body!["status"]!["allowed"]!;
    }

    private async Task<(int Code, JsonNode? Body)> SendAsync(string token, HttpMethod method, string path, string? body = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new("Bearer", token) } };
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, mediaType);
        using var response = await cluster.Http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static string Compact(JsonNode? body) =>
        body!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
