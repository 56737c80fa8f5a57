using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>A gateway is replaced by one of another mode, and those who call the tenant's products notice nothing.</summary>
public sealed class TenantConversionTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static JsonObject Spec(string mode, int nodePort, string timeout = "60s", string stable = "v0-0-1") => Yaml.Read($$"""
        gateway:
          mode: {{mode}}
          service: {type: NodePort, ports: [{name: http2, port: 80, targetPort: 8080, nodePort: {{nodePort}} }]}
        services: [{name: hello, prefix: /foo/, stable: {{stable}} }]
        readiness: {timeout: {{timeout}} }
        """);

    private async Task<JsonObject> PutAsync(string tenant, JsonObject spec)
    {
        var answer = await app.PutAsync($"/api/tenants/{tenant}", spec);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        try
        {
            return await app.PhaseAsync($"/api/tenants/{tenant}", "Ready", "RolledBack", "Failed");
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException((await app.GetAsync($"/api/tenants/{tenant}")).ToJsonString());
        }
    }

    /// <summary>Calls the tenant without a pause, on new connections and on kept ones, until the work is done; every answer that was not the product's.</summary>
    private async Task<(int Requests, IReadOnlyCollection<string> Failures)> UnderLoadAsync(int nodePort, Func<Task> work)
    {
        ConcurrentBag<string> failures = [];
        var requests = 0;
        using var done = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 6).Select(caller => Task.Run(async () =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = caller % 2 == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(5) });
            while (!done.IsCancellationRequested)
            {
                try
                {
                    var answer = await http.GetAsync($"http://{app.Cluster.Server.ApiUri.Host}:{nodePort}/foo/hello");
                    var text = $"{(int)answer.StatusCode} {(await answer.Content.ReadAsStringAsync()).Trim()}";
                    if (text != "200 Hello Foo 0.0.1")
                    {
                        failures.Add(text);
                    }
                }
                catch (Exception e) when (Unanswered.Is(e))
                {
                    failures.Add(e.Message);
                }

                Interlocked.Increment(ref requests);
            }
        })).ToList();
        await work();
        await done.CancelAsync();
        await Task.WhenAll(callers);
        return (requests, failures);
    }

    private async Task ServesAsync(int nodePort)
    {
        using var http = new HttpClient();
        await Eventually.Async(
            async () =>
            {
                try
                {
                    return (await http.GetAsync($"http://{app.Cluster.Server.ApiUri.Host}:{nodePort}/foo/hello")).IsSuccessStatusCode;
                }
                catch (Exception e) when (Unanswered.Is(e))
                {
                    return false;
                }
            },
            Deadline,
            "the product to answer");
    }

    [Theory]
    [InlineData("injection", "gatewayApi")]
    [InlineData("injection", "istioOperator")]
    [InlineData("istioOperator", "injection")]
    [InlineData("istioOperator", "gatewayApi")]
    [InlineData("gatewayApi", "injection")]
    [InlineData("gatewayApi", "istioOperator")]
    public async Task No_request_fails_while_a_gateway_is_replaced_there_and_back(string from, string to)
    {
        var tenant = $"{from}-{to}".ToLowerInvariant();
        var port = RunningApp.FreeNodePort();
        Assert.Equal("Ready", (await PutAsync(tenant, Spec(from, port))).Text("phase"));
        await app.DeployAsync(tenant);
        await ServesAsync(port);

        foreach (var mode in (string[])[to, from])
        {
            JsonObject view = [];
            var (requests, failures) = await UnderLoadAsync(port, async () => view = await PutAsync(tenant, Spec(mode, port)));

            Assert.Equal((null, "Ready"), (view.Text("reason"), view.Text("phase")));
            Assert.Empty(failures.GroupBy(failure => failure).Select(group => $"{group.Count()} of {requests}: {group.Key}"));
            Assert.True(requests > 100, $"There were {requests} requests.");
            Assert.Equal((mode, port), (view["gateway"].Text("mode"), view["gateway"]!["ports"]![0]!["nodePort"]!.GetValue<int>()));
            Assert.Empty((await app.GetAsync($"/api/tenants/{tenant}/drift"))["fields"]!.AsArray());
            var again = await app.PutAsync($"/api/tenants/{tenant}", Spec(mode, port));
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }

        await app.Http.DeleteAsync($"/api/tenants/{tenant}");
        Assert.Equal("Offboarded", (await app.PhaseAsync($"/api/tenants/{tenant}", "Offboarded", "Failed")).Text("phase"));
    }

    /// <summary>Of several replicas of istiod, and of one that is slow, the news that a Gateway is gone comes after another write for it.</summary>
    [Fact]
    public async Task An_istiod_that_hears_late_of_the_old_gateways_end_does_not_take_the_address_with_it()
    {
        const string tenant = "late";
        var port = RunningApp.FreeNodePort();
        await PutAsync(tenant, Spec("gatewayApi", port));
        await app.DeployAsync(tenant);
        await ServesAsync(port);
        var resources = app.Cluster.Resources;
        var (gateway, front) = ($"{tenant}-gateway", $"{tenant}-gateway-istio");
        var uid = (await resources.GetAsync(ResourceType.Service, tenant, front, default))!.Uid;
        var late = Task.Run(async () =>
        {
            var shared = await resources.WaitForAsync(
                ResourceType.Service, tenant, front, found => found?.At("spec", "selector", "istio") is not null, Deadline, default);
            await resources.WaitForAsync(ResourceType.KubernetesGateway, tenant, gateway, found => found is null, Deadline, default);
            await resources.ApplyAsAsync("istio.io/gateway-controller", ResourceType.Service, AsIstiodWrites(shared!), default);
        });

        JsonObject view = [];
        var (_, failures) = await UnderLoadAsync(port, async () =>
        {
            view = await PutAsync(tenant, Spec("injection", port));
            await late;
        });

        Assert.Equal((null, "Ready"), (view.Text("reason"), view.Text("phase")));
        Assert.Equal(uid, (await resources.GetAsync(ResourceType.Service, tenant, front, default))?.Uid);
        Assert.Empty(failures.GroupBy(failure => failure).Select(group => $"{group.Count()}: {group.Key}"));
    }

    /// <summary>A gateway that never starts leaves the old one untouched; one that does, when the old one cannot be taken away, gives everything back.</summary>
    [Theory]
    [InlineData("injection", "gatewayApi", "{0}-gateway-istio", null)]
    [InlineData("istioOperator", "injection", "gw", null)]
    [InlineData("gatewayApi", "istioOperator", "istio-ingress-gateway", null)]
    [InlineData("injection", "gatewayApi", null, "virtualservices")]
    [InlineData("istioOperator", "gatewayApi", null, "virtualservices")]
    [InlineData("gatewayApi", "injection", null, "httproutes")]
    public async Task A_conversion_that_fails_leaves_everything_as_it_was(string from, string to, string? stuck, string? undeletable)
    {
        var tenant = $"kept-{from[..3]}-{to[..3]}-{undeletable?[..4] ?? "slow"}".ToLowerInvariant();
        var port = RunningApp.FreeNodePort();
        await PutAsync(tenant, Spec(from, port));
        await app.DeployAsync(tenant);
        await ServesAsync(port);
        var before = await StateAsync(tenant);
        if (stuck is not null)
        {
            app.Cluster.Server.Faults.Deployments[(tenant, string.Format(CultureInfo.InvariantCulture, stuck, tenant))] = new();
        }
        else
        {
            app.Cluster.Server.Faults.Api[("delete", undeletable!)] = new(503);
        }

        JsonObject view = [];
        IReadOnlyCollection<string> failures;
        try
        {
            (_, failures) = await UnderLoadAsync(port, async () => view = await PutAsync(tenant, Spec(to, port, stuck is null ? "20s" : "8s")));
        }
        finally
        {
            app.Cluster.Server.Faults.Api.Clear();
            app.Cluster.Server.Faults.Deployments.Clear();
        }

        Assert.True(view.Text("phase") == "RolledBack", view.ToJsonString());
        Assert.Equal(from, view["spec"]!["gateway"].Text("mode"));
        await Eventually.Async(
            async () => await StateAsync(tenant) is var now && now == before ? true : throw new InvalidOperationException($"was {before}\nis {now}"),
            Deadline,
            "everything as it was");
        await ServesAsync(port);

        // Once its pods have ended, an operator, or istiod, has the address back before they are there again.
        if (stuck is not null || from == "injection")
        {
            Assert.Empty(failures);
        }
    }

    [Fact]
    public async Task A_version_that_does_not_serve_is_not_made_to_by_a_conversion()
    {
        var port = RunningApp.FreeNodePort();
        await PutAsync("stale", Spec("injection", port));

        var view = await PutAsync("stale", Spec("gatewayApi", port, stable: "v0-0-2"));

        Assert.Equal("RolledBack", view.Text("phase"));
        Assert.Contains("Service hello is served by v0-0-1", view.Text("reason"), StringComparison.Ordinal);
    }

    private async Task<string> StateAsync(string tenant)
    {
        List<string> texts = [];
        foreach (var type in (ResourceType[])[
            ResourceType.Service, ResourceType.ConfigMap, ResourceType.Deployment, ResourceType.HorizontalPodAutoscaler, ResourceType.ServiceAccount,
            ResourceType.HttpRoute, ResourceType.KubernetesGateway, ResourceType.VirtualService, ResourceType.DestinationRule, ResourceType.Gateway,
            ResourceType.IstioOperator])
        {
            var found = await app.Cluster.Resources.ListAsync(type, type == ResourceType.IstioOperator ? "istio-system" : tenant, null, default);
            foreach (var obj in found.Where(obj => type != ResourceType.IstioOperator || obj.Name == $"{tenant}-ingress-gateway").OrderBy(obj => obj.Name, StringComparer.Ordinal))
            {
                // What is made anew has another identity.
                var metadata = obj["metadata"]!.DeepClone().AsObject();
                foreach (var given in (string[])["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "ownerReferences"])
                {
                    metadata.Remove(given);
                }

                var annotations = metadata["annotations"] as JsonObject;
                annotations?.Remove("deployment.kubernetes.io/revision");
                texts.Add($"{type.Kind} {Sorted(metadata)} {Sorted(obj["spec"])} {Sorted(obj["data"])}");
            }
        }

        return string.Join('\n', texts);
    }

    private static JsonObject AsIstiodWrites(JsonObject front)
    {
        var (metadata, spec) = (front["metadata"]!, front["spec"]!);
        return new()
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = front.Name,
                ["namespace"] = front.Namespace,
                ["labels"] = metadata["labels"]!.DeepClone(),
                ["ownerReferences"] = metadata["ownerReferences"]!.DeepClone(),
            },
            ["spec"] = new JsonObject(((string[])["type", "selector", "ports"]).Select(field => KeyValuePair.Create(field, spec[field]?.DeepClone()))),
        };
    }

    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Sorted(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Sorted)) + "]",
        _ => node?.ToJsonString() ?? "null",
    };
}
