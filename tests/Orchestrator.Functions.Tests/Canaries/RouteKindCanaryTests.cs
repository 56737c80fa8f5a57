using System.Net.Sockets;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Canaries of services whose route is not an HTTP route of the VirtualService named like them.</summary>
public sealed class RouteKindCanaryTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private const string Old = "Hello Foo 0.0.1";
    private const string New = "Hello Foo 0.0.2";
    private const string Judged = """, "analysis":{"interval":"1s","failureLimit":0,"minRequests":5}""";

    private const string JudgedByBytes = """
        , "analysis":{"interval":"1s","failureLimit":0,"metrics":[{"name":"bytes","min":10,"minRequests":5,"query":
        "(sum(rate(istio_tcp_sent_bytes_total{reporter=\"destination\",destination_workload_namespace=\"{{ namespace }}\",destination_version=\"{{ version }}\"}[{{ interval }}])) or vector(0))
         / sum(rate(istio_tcp_connections_opened_total{reporter=\"destination\",destination_workload_namespace=\"{{ namespace }}\",destination_version=\"{{ version }}\"}[{{ interval }}]))"}]}
        """;

    [Fact]
    public async Task Connections_are_divided_by_weight_and_the_candidate_is_promoted_and_nothing_else_changed()
    {
        using var tenant = await OnboardOverTcpAsync("sockets");
        var before = await RulesAsync("sockets", "hello");

        await tenant.StartAsync("""{"setWeight":40},{"approve":{}}""", JudgedByBytes.ReplaceLineEndings(""));
        await tenant.PhaseAsync("AwaitingApproval");
        await Eventually.Async(async () => await TalkAsync() == New, Deadline, "a connection to the candidate");
        List<string> answers = [];
        for (var i = 0; i < 150; i++)
        {
            answers.Add(await TalkAsync());
        }

        // Six standard deviations to either side of 60.
        Assert.InRange(answers.Count(answer => answer == New), 24, 96);
        Assert.Empty(answers.Except([Old, New]));
        await Eventually.Async(
            async () => (double?)(await app.GetAsync("/api/tenants/sockets/canaries/hello"))["observed"]?["canaryShare"] is > 0.1 and < 0.7,
            Deadline,
            "the observed share of connections to be about as the weight");
        await tenant.SayAsync("approve");
        await tenant.PhaseAsync("Promoted");

        await Eventually.Async(async () => (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TalkAsync()))).All(answer => answer == New), Deadline, "the candidate alone");
        await Eventually.Async(
            async () => await RulesAsync("sockets", "hello") == before.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal), Deadline, "only the version to differ");
    }

    [Fact]
    public async Task A_candidate_that_closes_connections_without_a_word_is_taken_back()
    {
        using var tenant = await OnboardOverTcpAsync("silence");
        var before = await RulesAsync("silence", "hello");
        app.Cluster.Server.Faults.Versions[("silence", "hello", "v0-0-2")] = new() { ErrorRate = 1 };

        await tenant.StartAsync("""{"setWeight":50},{"pause":{}}""", JudgedByBytes.ReplaceLineEndings(""));
        var end = tenant.PhaseAsync("RolledBack", "Promoted", "Failed");
        while (!end.IsCompleted)
        {
            await TalkAsync();
        }

        Assert.StartsWith("bytes was 0", (await end).Text("reason"), StringComparison.Ordinal);
        Assert.Equal(before, await RulesAsync("silence", "hello"));
        Assert.Equal(Old, await TalkAsync());
    }

    [Fact]
    public async Task The_routes_of_a_delegate_are_steered_and_the_root_is_never_written()
    {
        using var tenant = await OnboardOverDelegateAsync("shared");
        var (root, inner) = (await ObjectAsync("shared", "hello"), await RulesAsync("shared", "hello-routes"));

        await tenant.StartAsync("""{"setWeight":50},{"approve":{}}""", Judged + """, "preview":{"header":{"name":"version","value":"v0-0-2"}}""");
        await tenant.PhaseAsync("AwaitingApproval");
        await tenant.AnswersAsync("version: v0-0-2", answer => answer == New);
        var answers = (await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => tenant.CallAsync("")))).Select(answer => answer.Text).ToList();
        Assert.Equal([Old, New], answers.Distinct().Order(StringComparer.Ordinal));
        await tenant.SayAsync("promote?full=true");
        await tenant.PhaseAsync("Promoted");

        await tenant.AnswersAsync("", answer => answer == New);
        await Eventually.Async(
            async () => await RulesAsync("shared", "hello-routes") == inner.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal), Deadline, "only the version to differ");
        Assert.Equal(root, await ObjectAsync("shared", "hello"));
    }

    [Fact]
    public async Task A_bad_candidate_behind_a_delegate_is_taken_back()
    {
        using var tenant = await OnboardOverDelegateAsync("restored");
        var (root, inner) = (await ObjectAsync("restored", "hello"), await RulesAsync("restored", "hello-routes"));
        app.Cluster.Server.Faults.Versions[("restored", "hello", "v0-0-2")] = new() { ErrorRate = 1 };

        await tenant.StartAsync("""{"setWeight":50},{"pause":{}}""", Judged);
        var end = tenant.PhaseAsync("RolledBack", "Promoted", "Failed");
        await tenant.CallUntilAsync(end, "");

        Assert.StartsWith("success-rate was 0 %", (await end).Text("reason"), StringComparison.Ordinal);
        Assert.Equal((root, inner), (await ObjectAsync("restored", "hello"), await RulesAsync("restored", "hello-routes")));
    }

    private static TimeSpan Deadline => TimeSpan.FromSeconds(30);

    private int TcpPort { get; } = RunningApp.FreeNodePort();

    /// <summary>A tenant whose hello is served over TCP.</summary>
    private async Task<CanaryTenant> OnboardOverTcpAsync(string name)
    {
        var tenant = await CanaryTenant.OnboardAsync(app, name, "injection", $", {{name: tcp, port: 9000, targetPort: 9000, nodePort: {TcpPort}}}");
        var resources = app.Cluster.Resources;
        var gateway = (await resources.GetAsync(ResourceType.VirtualService, name, "hello", default)).Items("spec", "gateways").Single()!.GetValue<string>();
        var selector = (await resources.GetAsync(ResourceType.Gateway, name, gateway, default)).At("spec", "selector")!.DeepClone();
        var servers = Yaml.Read("""servers: [{port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["./*"]}]""")["servers"]!.DeepClone();
        await resources.CreateAsync(
            ResourceType.Gateway,
            new()
            {
                ["metadata"] = new JsonObject { ["name"] = "tcp", ["namespace"] = name },
                ["spec"] = new JsonObject { ["selector"] = selector, ["servers"] = servers },
            },
            default);
        await resources.PatchAsync(
            ResourceType.VirtualService, name, "hello",
            Yaml.Read("spec: {gateways: [tcp], http: null, tcp: [{match: [{port: 9000}], route: [{destination: {host: hello, subset: v0-0-1}}]}]}"), default);
        await Eventually.Async(async () => await TalkAsync() == Old, Deadline, "an answer over TCP");
        return tenant;
    }

    /// <summary>A tenant whose routes of hello are in a delegate.</summary>
    private async Task<CanaryTenant> OnboardOverDelegateAsync(string name)
    {
        var tenant = await CanaryTenant.OnboardAsync(app, name, "injection");
        var resources = app.Cluster.Resources;
        await resources.CreateAsync(
            ResourceType.VirtualService,
            Yaml.Read($$"""
                metadata: {name: hello-routes, namespace: {{name}} }
                spec: {http: [{name: default, route: [{destination: {host: hello, subset: v0-0-1}, weight: 100}]}]}
                """),
            default);
        await resources.PatchAsync(
            ResourceType.VirtualService, name, "hello", Yaml.Read("spec: {http: [{match: [{uri: {prefix: /foo/}}], delegate: {name: hello-routes}}]}"), default);
        await tenant.AnswersAsync("", answer => answer == Old);
        return tenant;
    }

    /// <summary>What a connection begins with; empty when it is closed or refused.</summary>
    private async Task<string> TalkAsync()
    {
        using var limit = new CancellationTokenSource(Deadline);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(app.Cluster.Server.ApiUri.Host, TcpPort, limit.Token);
            using var reader = new StreamReader(socket.GetStream());
            return await reader.ReadLineAsync(limit.Token) ?? "";
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return "";
        }
    }

    /// <summary>Spec and labels of the routes and of the subsets of hello.</summary>
    private async Task<string> RulesAsync(string tenant, string routes)
    {
        var resources = app.Cluster.Resources;
        JsonObject?[] rules =
        [
            await resources.GetAsync(ResourceType.VirtualService, tenant, routes, default),
            await resources.GetAsync(ResourceType.DestinationRule, tenant, "hello", default),
        ];
        return string.Join('\n', rules.Select(rule => $"{rule.At("metadata", "labels")?.ToJsonString()} {rule.At("spec")!.ToJsonString()}"));
    }

    private async Task<string> ObjectAsync(string tenant, string name) =>
        (await app.Cluster.Resources.GetAsync(ResourceType.VirtualService, tenant, name, default))!.ToJsonString();
}
