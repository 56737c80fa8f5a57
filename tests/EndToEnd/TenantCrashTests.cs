using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.TestKit;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests;

/// <summary>SIGKILL after an activity of a tenant's run, its effect done and its result lost: the next process ends the run as if nothing had been.</summary>
public sealed class TenantCrashTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public Task A_run_that_is_killed_after_some_of_its_activities_ends_as_if_nothing_had_happened() => RunAsync([2, 9, 15]);

    [SoakFact]
    public Task A_run_that_is_killed_after_any_of_its_activities_ends_as_if_nothing_had_happened() => RunAsync(Enumerable.Range(1, 25));

    private async Task RunAsync(IEnumerable<int> activities)
    {
        await using var dev = await DevEnvironment.StartAsync();
        using var http = new HttpClient { BaseAddress = new(dev.Server) };
        (await http.PutAsJsonAsync("/api/meshes/default", new JsonObject())).EnsureSuccessStatusCode();
        await PhaseAsync(http, "/api/meshes/default", "Ready");

        foreach (var activity in activities)
        {
            var path = $"/api/tenants/c{activity}";
            var onboarding = await KillAsync(dev, activity, () => http.PutAsJsonAsync(path, Before()), http, path, "Ready");
            var update = await KillAsync(dev, activity, () => http.PutAsJsonAsync(path, After()), http, path, "Ready");
            var drift = await http.GetFromJsonAsync<JsonObject>($"{path}/drift");
            var offboarding = await KillAsync(dev, activity, () => http.DeleteAsync(path), http, path, "Offboarded");

            Assert.False(drift!["drifted"]!.GetValue<bool>(), drift.ToJsonString());
            output.WriteLine($"after activity {activity}: onboarding {onboarding}, update {update}, offboarding {offboarding}");
        }

        await dev.InterruptAsync();
        HistoryAudit.Check(dev.StorePath);
    }

    /// <summary>Does something with a host that dies after so many activities; whether it did, or the run had fewer.</summary>
    private static async Task<string> KillAsync(
        DevEnvironment dev, int activity, Func<Task<HttpResponseMessage>> ask, HttpClient http, string path, string phase)
    {
        await dev.KillHostAsync();
        await dev.StartHostAsync(crashAt: $"activity-done:{activity}");
        (await ask()).EnsureSuccessStatusCode();
        await Eventually.Async(
            async () => dev.Host.HasExited || (string?)(await http.GetFromJsonAsync<JsonObject>(path))!["phase"] is "Ready" or "Offboarded",
            Deadline,
            $"the process to die after {activity} activities, or {path} to be done with fewer");
        var died = dev.Host.HasExited;
        if (died)
        {
            await dev.StartHostAsync();
        }

        await PhaseAsync(http, path, phase);
        return died ? "killed" : "had fewer";
    }

    private static Task PhaseAsync(HttpClient http, string path, string phase) => Eventually.Async(
        async () => (string?)(await http.GetFromJsonAsync<JsonObject>(path))!["phase"] is var now && now == phase
            ? true
            : now is "RolledBack" or "Failed" ? throw new InvalidOperationException($"{path} is {now}") : false,
        Deadline,
        $"{path} to be {phase}");

    private static JsonObject Before() => Yaml.Read("""
        gateway: {service: {type: ClusterIP, ports: [{name: http2, port: 80}]}}
        policies: {limits: {default: {cpu: 500m}}}
        services: [{name: hello, prefix: /hello/, stable: v0-0-1}, {name: old, prefix: /old/, stable: v0-0-1}]
        """);

    private static JsonObject After() => Yaml.Read("""
        gateway: {maxReplicas: 6, service: {type: ClusterIP, ports: [{name: http2, port: 80}, {name: http-more, port: 8088}]}}
        policies: {quota: {pods: 60}}
        services: [{name: hello, prefix: /hello/, stable: v0-0-1}, {name: new, prefix: /new/, stable: v0-0-1}]
        """);
}
