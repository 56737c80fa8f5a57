using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.TestKit;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests;

/// <summary>
/// Canaries under constant load, on gateways that learn late and not all at once, while the orchestrator is killed: no request fails because routes change.
/// What the callers count is held against what the data plane has counted itself.
/// </summary>
public sealed class CanaryLoadTests(ITestOutputHelper output)
{
    private const string Canary = "/api/tenants/foo/canaries/hello";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan KillPause = TimeSpan.FromSeconds(4);

    [Fact]
    public Task No_request_fails_while_a_canary_ramps_and_one_is_aborted_and_the_orchestrator_is_killed() => RunAsync(kills: 2, isShort: true);

    [SoakFact]
    public Task No_request_fails_whatever_canaries_do_and_however_often_the_orchestrator_is_killed() => RunAsync(kills: 20, isShort: false);

    private async Task RunAsync(int kills, bool isShort)
    {
        await using var dev = await DevEnvironment.StartAsync();
        using var http = new HttpClient { BaseAddress = new(dev.Server) };
        var url = await BeginAsync(dev, http);

        var before = await CountedAsync(dev);
        using var over = new CancellationTokenSource();
        await using var callers = new CallersUnderLoad(url);
        var killing = KillAsync(dev, kills, over.Token);
        var version = 1;
        do
        {
            // A ramp to a promotion, and one that somebody aborts.
            await StartAsync(http, $"v0-0-{++version}", """{"setWeight":20},{"pause":{"duration":"2s"}},{"setWeight":70},{"pause":{"duration":"2s"}}""");
            await PhaseAsync(http, "Promoted");
            await StartAsync(http, $"v0-0-{version + 1}", """{"setWeight":50},{"approve":{}}""");
            await PhaseAsync(http, "AwaitingApproval");
            await SayAsync(http, "abort");
            await PhaseAsync(http, "Aborted");
            if (isShort)
            {
                break;
            }

            // One that is too slow is rolled back by itself, one is superseded, and the last promotion is undone.
            await SlowAsync(dev, $"v0-0-{version + 1}", isSlow: true);
            await StartAsync(http, $"v0-0-{version + 1}", """{"setWeight":50},{"analyze":{"duration":"2m"}}""", "\"minRequests\":5,\"failureLimit\":0");
            await PhaseAsync(http, "RolledBack");
            await SlowAsync(dev, $"v0-0-{version + 1}", isSlow: false);
            await StartAsync(http, $"v0-0-{version + 1}", """{"setWeight":50},{"approve":{}}""");
            await PhaseAsync(http, "AwaitingApproval");
            await StartAsync(http, $"v0-0-{version + 2}", """{"setWeight":50},{"pause":{"duration":"2s"}}""", keepStable: "5m");
            await Eventually.Async(
                async () => await ViewAsync(http) is var view && (string?)view?["candidate"] == $"v0-0-{version + 2}" && (string?)view?["phase"] == "Promoted",
                Deadline,
                "the newer version to be promoted");
            await SayAsync(http, "undo");
            await PhaseAsync(http, "RolledBack");
        }
        while (!killing.IsCompleted);

        await over.CancelAsync();
        var killed = await killing;
        await callers.StopAsync();

        var all = callers.Answers.Values.Sum();
        output.WriteLine($"{all} requests, {string.Join(", ", callers.Answers.Select(answer => $"{answer.Value} x {answer.Key}"))}; {killed} kills");
        Assert.Equal(["200"], callers.Answers.Keys);
        var after = await CountedAsync(dev);
        var (counted, failed) = (after.All - before.All, after.Failed - before.Failed);
        output.WriteLine($"the gateways counted {counted} requests, {failed} of them failed");
        Assert.Equal((true, 0), (counted >= all, failed));
        await dev.InterruptAsync();
        HistoryAudit.Check(dev.StorePath);
    }

    private static async Task<string> BeginAsync(DevEnvironment dev, HttpClient http)
    {
        await SimulateAsync(dev, "propagation", "--delay", "400ms", "--spread", "400ms");
        (await http.PutAsJsonAsync("/api/meshes/default", new JsonObject())).EnsureSuccessStatusCode();
        await PhaseAsync(http, "Ready", "/api/meshes/default");
        (await http.PutAsJsonAsync("/api/tenants/foo", Yaml.Read("""
            gateway: {service: {type: NodePort, ports: [{name: http2, port: 80, targetPort: 8080, nodePort: 32180}]}}
            services: [{name: hello, prefix: /foo/, stable: v0-0-1}]
            """))).EnsureSuccessStatusCode();
        await PhaseAsync(http, "Ready", "/api/tenants/foo");
        await DeployAsync(dev, """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: hello-v0-0-1, namespace: foo}
            spec:
              replicas: 2
              selector: {matchLabels: {app: hello, version: v0-0-1}}
              template:
                metadata: {labels: {app: hello, version: v0-0-1}}
                spec: {containers: [{name: hello, image: "hello:0.0.1", ports: [{containerPort: 8080}]}]}
            """);
        var url = $"http://{dev.Address}:32180/foo/hello";
        using var user = new HttpClient();
        await Eventually.Async(
            async () => (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => user.GetAsync(url)))).All(answer => answer.IsSuccessStatusCode),
            Deadline,
            "hello to answer");
        return url;
    }

    /// <summary>Kills the host at random moments, until it has done so often enough, or the rest is over; how often it did.</summary>
    private static async Task<int> KillAsync(DevEnvironment dev, int kills, CancellationToken over)
    {
        for (var kill = 0; kill < kills; kill++)
        {
            try
            {
                // A random moment is the point here, not a wait for something.
                await Task.Delay(KillPause * (0.5 + Random.Shared.NextDouble()), over);
            }
            catch (OperationCanceledException)
            {
                return kill;
            }

            await dev.KillHostAsync();
            await dev.StartHostAsync();
        }

        return kills;
    }

    private static Task StartAsync(HttpClient http, string version, string steps, string analysis = "\"onNoTraffic\":\"pass\"", string keepStable = "0s") => SendAsync(
        http, "/api/tenants/foo/canaries", JsonNode.Parse($$$"""
            {"service":"hello","candidate":{"version":"{{{version}}}","image":"hello:{{{version[1..].Replace('-', '.')}}}"},"steps":[{{{steps}}}],
             "analysis":{"interval":"1s",{{{analysis}}}},"onNewVersion":"supersede","keepStable":"{{{keepStable}}}"}
            """)!);

    private static Task SayAsync(HttpClient http, string verb) => SendAsync(http, $"{Canary}/{verb}", new JsonObject { ["by"] = "ann", ["reason"] = "because" });

    /// <summary>Sends until a host takes it: one that was just killed does not. What was taken already (409) is done.</summary>
    private static Task SendAsync(HttpClient http, string path, JsonNode body) => Eventually.Async(
        async () =>
        {
            try
            {
                using var answer = await http.PostAsJsonAsync(path, body);
                return answer.IsSuccessStatusCode || answer.StatusCode == System.Net.HttpStatusCode.Conflict
                    || ((int)answer.StatusCode < 500 ? throw new InvalidOperationException(await answer.Content.ReadAsStringAsync()) : false);
            }
            catch (Exception e) when (Unanswered.Is(e))
            {
                return false;
            }
        },
        Deadline,
        $"{path} to be accepted");

    private static Task PhaseAsync(HttpClient http, string phase, string path = Canary) => Eventually.Async(
        async () => (string?)(await ViewAsync(http, path))?["phase"] is var now && now == phase
            ? true
            : now == "Failed" ? throw new InvalidOperationException($"{path} failed: {await ViewAsync(http, path)}") : false,
        Deadline,
        $"{path} to be {phase}");

    private static async Task<JsonObject?> ViewAsync(HttpClient http, string path = Canary)
    {
        try
        {
            return await http.GetFromJsonAsync<JsonObject>(path);
        }
        catch (Exception e) when (Unanswered.Is(e))
        {
            return null;
        }
    }

    private static Task SlowAsync(DevEnvironment dev, string version, bool isSlow) =>
        SimulateAsync(dev, ["fault", "version", "foo", "hello", version, .. isSlow ? (string[])["--latency", "900ms"] : ["--clear"]]);

    private static async Task SimulateAsync(DevEnvironment dev, params IEnumerable<string> arguments)
    {
        var result = await DevEnvironment.OrcAsync(Deadline, ["simulate", .. arguments, "--data", dev.Data]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private static async Task DeployAsync(DevEnvironment dev, string manifest)
    {
        using var folder = new TemporaryDirectory();
        await File.WriteAllTextAsync(folder["deployment.yaml"], manifest);
        var result = await RunningProcess.RunAsync(
            "kubectl", ["--kubeconfig", Path.Combine(dev.Data, "kubeconfig"), "apply", "-f", folder["deployment.yaml"]], Deadline);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    /// <summary>What the gateways have counted: all requests, and those that were not answered 200.</summary>
    private static async Task<(int All, int Failed)> CountedAsync(DevEnvironment dev)
    {
        using var http = new HttpClient();
        var metrics = (string)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(dev.Data, "simulator.json")))!["Metrics"]!;
        var lines = (await http.GetStringAsync(new Uri(new Uri(metrics), "metrics"))).Split('\n')
            .Where(line => line.StartsWith("istio_requests_total{", StringComparison.Ordinal) && line.Contains("reporter=\"source\"", StringComparison.Ordinal))
            .ToList();
        return (lines.Sum(Count), lines.Where(line => !line.Contains("response_code=\"200\"", StringComparison.Ordinal)).Sum(Count));

        static int Count(string line) => (int)double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
