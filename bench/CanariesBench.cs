using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.Host.Demo;

namespace Orchestrator.Bench;

/// <summary>What canaries cost that wait at weight 0, and that are judged at a weight: many at once beside one alone, of as many services.</summary>
internal sealed class CanariesBench(RunningMesh mesh)
{
    private const int ServicesPerTenant = 20;
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 16 };
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    public async Task MeasureAsync(Measures measures, int count)
    {
        DemoTenant[] tenants =
        [
            .. Enumerable.Range(0, count).Chunk(ServicesPerTenant).Select((services, number) =>
                new DemoTenant($"many{number}", "Foo", 0, [.. services.Select(service => ($"s{service}", $"/s{service}/"))])),
        ];
        (DemoTenant Tenant, string Service)[] all = [.. tenants.SelectMany(tenant => tenant.Services.Select(service => (tenant, service.Name)))];
        await Parallel.ForEachAsync(tenants, AtOnce, async (tenant, _) => await OnboardAsync(tenant));
        measures.Add("memory of the host before, MB", RunningMesh.Megabytes(mesh.Host), "");
        await WatchAsync(measures, "no canary");

        await StartAsync(all[..1]);
        await StandAsync(all[..1], "Paused");
        await WatchAsync(measures, "1 at weight 0");
        await DecideAsync(all[..1], "resume");
        await StandAsync(all[..1], "AwaitingApproval");
        await WatchAsync(measures, "1 judged every 30 s");

        var clock = Stopwatch.StartNew();
        await StartAsync(all[1..]);
        measures.Add($"{count} started: accepted after, s", clock.Elapsed.TotalSeconds, "");
        await StandAsync(all[1..], "Paused");
        measures.Add($"{count} started: paused at weight 0 after, s", clock.Elapsed.TotalSeconds, "");
        await WatchAsync(measures, $"{count} at weight 0");

        clock.Restart();
        await DecideAsync(all[1..], "resume");
        await StandAsync(all[1..], "AwaitingApproval");
        measures.Add($"{count} resumed: at their weight after, s", clock.Elapsed.TotalSeconds, "");
        await WatchAsync(measures, $"{count} judged every 30 s");

        clock.Restart();
        await DecideAsync(all, "abort");
        await StandAsync(all, "Aborted");
        measures.Add($"{count} aborted: taken back after, s", clock.Elapsed.TotalSeconds, "");
        measures.Add("peak memory of the host, MB", RunningMesh.PeakMegabytes(mesh.Host), "");
        measures.Add("peak memory of the simulated cluster, MB", RunningMesh.PeakMegabytes(mesh.Simulator), "");
    }

    private async Task OnboardAsync(DemoTenant tenant)
    {
        await mesh.PutAsync($"/api/tenants/{tenant.Name}", new
        {
            gateway = new { service = new { type = "ClusterIP", ports = new[] { new { name = "http2", port = 80 } } } },
            services = tenant.Services.Select(service => new { name = service.Name, prefix = service.Prefix, stable = DemoSpecs.FirstVersion }),
        });
        await RunningMesh.UntilAsync($"{tenant.Name} to be ready", async () => (string?)(await mesh.GetAsync($"/api/tenants/{tenant.Name}"))!["phase"] == "Ready");
        foreach (var (service, _) in tenant.Services)
        {
            var deployment = DemoWorkloads.Deployment(tenant, service, DemoSpecs.FirstVersion);
            deployment["spec"]!["replicas"] = 1;
            await mesh.Cluster.ApplyAsync(DemoWorkloads.Deployments, deployment, CancellationToken.None);
        }
    }

    private Task StartAsync(IEnumerable<(DemoTenant Tenant, string Service)> canaries) => Parallel.ForEachAsync(canaries, AtOnce, async (canary, _) =>
        await mesh.PostAsync($"/api/tenants/{canary.Tenant.Name}/canaries", JsonNode.Parse($$$"""
            {"service":"{{{canary.Service}}}","candidate":{"version":"v0-0-2","image":"hello:0.0.2"},"keepStable":"0s","deadline":"4h",
             "steps":[{"pause":{}},{"setWeight":10},{"approve":{"timeout":"3h"}}],"analysis":{"interval":"30s","onNoTraffic":"pass"}}
            """)!));

    private Task DecideAsync(IEnumerable<(DemoTenant Tenant, string Service)> canaries, string verb) => Parallel.ForEachAsync(canaries, AtOnce, async (canary, _) =>
        await mesh.PostAsync($"/api/tenants/{canary.Tenant.Name}/canaries/{canary.Service}/{verb}", new { by = "bench", reason = "measured" }));

    private Task StandAsync(IEnumerable<(DemoTenant Tenant, string Service)> canaries, string phase) => Parallel.ForEachAsync(
        canaries,
        AtOnce,
        async (canary, _) => await RunningMesh.UntilAsync($"{canary} to be {phase}", async () =>
            (string?)(await mesh.GetAsync($"/api/tenants/{canary.Tenant.Name}/canaries/{canary.Service}"))!["phase"] switch
            {
                var now when now == phase => true,
                "Failed" or "RolledBack" or "Aborted" => throw new InvalidOperationException($"{canary} failed, so that the figures would mean nothing."),
                _ => false,
            }));

    /// <summary>What the host does while nobody asks anything of it.</summary>
    private async Task WatchAsync(Measures measures, string name)
    {
        var (requests, processor) = (await mesh.RequestsAsync(), RunningMesh.Processor(mesh.Host));
        await Task.Delay(Span);
        measures.Add($"{name}: API requests/s", (await mesh.RequestsAsync() - requests) / Span.TotalSeconds, "");
        measures.Add($"{name}: one processor, %", 100 * (RunningMesh.Processor(mesh.Host) - processor) / Span, "");
        measures.Add($"{name}: memory of the host, MB", RunningMesh.Megabytes(mesh.Host), "");
    }
}
