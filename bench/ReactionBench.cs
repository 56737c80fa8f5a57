using System.Text.Json.Nodes;
using Orchestrator.Host.Demo;

namespace Orchestrator.Bench;

/// <summary>
/// How soon a candidate that goes bad at half of the requests has none: from the first bad answer it may give, and from the sample that decides, until
/// all requests are the stable version's in the VirtualService as another client reads it.
/// </summary>
internal sealed class ReactionBench(RunningMesh mesh)
{
    private const int Tenants = 4;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>Plays the runs, one after another in each of a few tenants.</summary>
    public async Task MeasureAsync(Measures measures, string name, int count)
    {
        List<double> fromFault = [], fromSample = [];
        await Task.WhenAll(Enumerable.Range(0, Tenants).Select(async number =>
        {
            var tenant = new DemoTenant($"reaction{number}", "Foo", 30_100 + number, [("hello", "/hello/")]);
            await OnboardAsync(tenant);
            for (var run = number; run < count; run += Tenants)
            {
                var (fault, sample) = await PlayAsync(tenant, $"v0-1-{run}");
                lock (fromFault)
                {
                    fromFault.Add(fault.TotalMilliseconds);
                    fromSample.Add(sample.TotalMilliseconds);
                }
            }
        }));
        measures.Add($"{name}: runs", count, "");
        measures.AddPercentiles($"{name}: deciding sample to 100/0 read back", fromSample, "p99 ≤ 2,000");
        measures.AddPercentiles($"{name}: first bad answer to 100/0 read back", fromFault, "");
    }

    private async Task OnboardAsync(DemoTenant tenant)
    {
        await mesh.PutAsync($"/api/tenants/{tenant.Name}", new
        {
            gateway = new { service = new { type = "NodePort", ports = new[] { new { name = "http2", port = 80, targetPort = 8080, nodePort = tenant.NodePort } } } },
            services = new[] { new { name = "hello", prefix = "/hello/", stable = DemoSpecs.FirstVersion } },
        });
        await RunningMesh.UntilAsync($"{tenant.Name} to be ready", async () => (string?)(await mesh.GetAsync($"/api/tenants/{tenant.Name}"))!["phase"] == "Ready");
        await mesh.Cluster.ApplyAsync(DemoWorkloads.Deployments, DemoWorkloads.Deployment(tenant, "hello", DemoSpecs.FirstVersion), CancellationToken.None);
        await SimulateAsync(HttpMethod.Put, $"load/{tenant.Name}/hello", new JsonObject { ["requestsPerSecond"] = 50, ["path"] = "/hello/hello" });
    }

    private async Task<(TimeSpan FromFault, TimeSpan FromSample)> PlayAsync(DemoTenant tenant, string candidate)
    {
        var (path, fault) = ($"/api/tenants/{tenant.Name}/canaries", $"faults/versions/{tenant.Name}/hello/{candidate}");
        await mesh.PostAsync(path, JsonNode.Parse($$$"""
            {"service":"hello","candidate":{"version":"{{{candidate}}}","image":"{{{DemoWorkloads.Image(candidate)}}}"},"keepStable":"0s","steps":[{"setWeight":50},{"pause":{}}],
             "analysis":{"interval":"1s","failureLimit":0,"minRequests":20,"metrics":[{"name":"success-rate","min":99}]}}
            """)!);
        await RunningMesh.UntilAsync("a good sample at half of the requests", async () =>
            (await mesh.GetAsync($"{path}/hello"))!["analysis"]?.AsArray() is [{ } metric, ..] && (string?)metric["verdict"] == "Passed");

        await SimulateAsync(HttpMethod.Put, fault, new JsonObject { ["errorRate"] = 1 });
        var broken = DateTime.UtcNow;
        while (await HasTrafficAsync(tenant, candidate))
        {
            await Task.Delay(Look);
        }

        var restored = DateTime.UtcNow;
        await RunningMesh.UntilAsync("the end of the run", async () => (string?)(await mesh.GetAsync($"{path}/hello"))!["phase"] == "RolledBack");
        await SimulateAsync(HttpMethod.Delete, fault, body: null);
        var history = JsonNode.Parse(await mesh.Http.GetStringAsync($"{path}/hello/history"))!.AsArray();
        var last = history.MaxBy(record => (DateTime)record!["view"]!["startedAt"]!)!["samples"]!.AsArray()[^1]!;
        return (restored - broken, restored - ((DateTime)last["sample"]!["at"]!).ToUniversalTime());
    }

    private async Task<bool> HasTrafficAsync(DemoTenant tenant, string candidate)
    {
        var routes = await mesh.Cluster.SendAsync(
            HttpMethod.Get, $"/apis/networking.istio.io/v1/namespaces/{tenant.Name}/virtualservices/hello", body: null, CancellationToken.None);
        return routes!["spec"]!["http"]!.AsArray().SelectMany(route => route!["route"]!.AsArray()).Any(to => (string?)to!["destination"]!["subset"] == candidate);
    }

    private Task SimulateAsync(HttpMethod method, string path, JsonObject? body) =>
        mesh.Cluster.SendAsync(method, $"/simulator/{path}", body, CancellationToken.None);
}
