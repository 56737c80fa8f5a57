using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.DataPlane;

/// <summary>Connections of no plain HTTP, over real sockets.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private const int Http = 32180, Tcp = 32190, Tls = 32191;
    private const string Stable = """{ "destination": { "host": "hello", "subset": "v0-0-1" }, "weight": 75 }""";
    private const string Canary = """{ "destination": { "host": "hello", "subset": "v0-0-2" }, "weight": 25 }""";

    private readonly RunningCluster cluster = RunningCluster.Start();

    public async Task InitializeAsync()
    {
        await cluster.OnboardAsync("foo", Http);
        cluster.Change(ResourceTypes.IstioOperator, "istio-system", "foo-ingress-gateway", gateway =>
        {
            var ports = gateway["spec"]!["components"]!["ingressGateways"]![0]!["k8s"]!["service"]!["ports"]!.AsArray();
            foreach (var (name, port, nodePort) in new[] { ("tcp", 9000, Tcp), ("tls", 8443, Tls) })
                ports.Add(new JsonObject { ["name"] = name, ["port"] = port, ["targetPort"] = port, ["nodePort"] = nodePort, ["protocol"] = "TCP" });
        });
        cluster.Create(ResourceTypes.Gateway, """
            { "metadata": { "name": "connections", "namespace": "foo" }, "spec": { "selector": { "istio": "foo-ingress" }, "servers": [
              { "port": { "number": 9000, "name": "tcp", "protocol": "TCP" }, "hosts": ["./*"] },
              { "port": { "number": 8443, "name": "tls", "protocol": "TLS" }, "tls": { "mode": "PASSTHROUGH" }, "hosts": ["./*"] }] } }
            """);
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Bytes_flow_to_the_versions_by_their_weights_and_both_proxies_count_them()
    {
        Route("tcp", $$"""[{ "match": [{ "port": 9000 }], "route": [{{Stable}}, {{Canary}}] }]""");
        await Eventually.Holds(async () => (await TalkAsync(Tcp)).StartsWith("Hello Foo", StringComparison.Ordinal), "the port answers");
        var before = Sum("istio_tcp_connections_opened_total", "v0-0-1") + Sum("istio_tcp_connections_opened_total", "v0-0-2");

        var answers = new List<string>();
        for (var i = 0; i < 200; i++) answers.Add(await TalkAsync(Tcp, "ping"));

        Assert.Equal(["Hello Foo 0.0.1\nping", "Hello Foo 0.0.2\nping"], answers.Distinct().Order());
        // Six standard deviations to either side of 50.
        Assert.InRange(answers.Count(answer => answer.Contains("0.0.2", StringComparison.Ordinal)), 14, 86);
        Assert.Equal(200, Sum("istio_tcp_connections_opened_total", "v0-0-1") + Sum("istio_tcp_connections_opened_total", "v0-0-2") - before);
        await Eventually.Holds(() => Sum("istio_tcp_connections_closed_total", "v0-0-2") == Sum("istio_tcp_connections_opened_total", "v0-0-2"), "all are closed");
        Assert.Equal(4 * answers.Count(answer => answer.Contains("0.0.2", StringComparison.Ordinal)), Sum("istio_tcp_received_bytes_total", "v0-0-2"));
        // HTTP goes on as before, at its own port.
        Assert.Equal((200, "Hello Foo 0.0.1\n"), await cluster.CurlAsync(Http, "/foo/hello"));
    }

    [Fact]
    public async Task A_connection_to_an_unknown_subset_or_an_empty_one_is_closed_and_counted()
    {
        Route("tcp", """[{ "route": [{ "destination": { "host": "hello", "subset": "v9" } }] }]""");
        await Eventually.Holds(async () => await TalkAsync(Tcp, "ping") == "" && Refused("NC") > 0, "NC is counted");

        cluster.Change(ResourceTypes.DestinationRule, "foo", "hello", rule => rule["spec"]!["subsets"]!.AsArray().Add(
            new JsonObject { ["name"] = "v9", ["labels"] = new JsonObject { ["version"] = "v9" } }));
        await Eventually.Holds(async () => await TalkAsync(Tcp, "ping") == "" && Refused("UH") > 0, "UH is counted");

        Assert.Contains(cluster.World.Requests.List("foo", "hello"), count => count is { Version: "v9", Code: 0, Flag: "NC" });
    }

    [Fact]
    public async Task The_name_in_the_ClientHello_decides_and_the_application_ends_TLS()
    {
        cluster.Create(ResourceTypes.VirtualService, """
            { "metadata": { "name": "secure", "namespace": "foo" }, "spec": { "hosts": ["*.example"], "gateways": ["connections"], "tls": [
              { "match": [{ "port": 8443, "sniHosts": ["new.example"] }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-2" } }] },
              { "match": [{ "sniHosts": ["*.example"] }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] }] } }
            """);
        await Eventually.Holds(async () => await TalkAsync(Tls, serverName: "new.example") == "Hello Foo 0.0.2\n", "the port answers");

        Assert.Equal("Hello Foo 0.0.2\nping", await TalkAsync(Tls, "ping", "NEW.example"));
        Assert.Equal("Hello Foo 0.0.1\nping", await TalkAsync(Tls, "ping", "old.example"));
        Assert.Equal("", await TalkAsync(Tls, serverName: "elsewhere.test"));
        Assert.Equal("", await TalkAsync(Tls, "GET / HTTP/1.1\r\n\r\n"));
    }

    [Fact]
    public async Task A_ClientHello_may_come_in_pieces()
    {
        cluster.Create(ResourceTypes.VirtualService, """
            { "metadata": { "name": "secure", "namespace": "foo" }, "spec": { "hosts": ["a.example"], "gateways": ["connections"],
              "tls": [{ "match": [{ "sniHosts": ["a.example"] }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] }] } }
            """);
        await Eventually.Holds(async () => await TalkAsync(Tls, serverName: "a.example") == "Hello Foo 0.0.1\n", "the port answers");
        using var socket = await ConnectAsync(Tls);
        await using var tls = new SslStream(new OneByteAtATime(socket), false, (_, _, _, _) => true);

        await tls.AuthenticateAsClientAsync("a.example");

        Assert.Equal("Hello Foo 0.0.1", await new StreamReader(tls).ReadLineAsync());
    }

    [Fact]
    public async Task A_version_that_fails_closes_connections_without_a_word()
    {
        Route("tcp", """[{ "route": [{ "destination": { "host": "hello", "subset": "v0-0-2" } }] }]""");
        await Eventually.Holds(async () => await TalkAsync(Tcp) == "Hello Foo 0.0.2\n", "the port answers");

        cluster.Faults.Versions[("foo", "hello", "v0-0-2")] = new(ErrorRate: 1);

        Assert.Equal("", await TalkAsync(Tcp, "ping"));
    }

    private void Route(string kind, string routes) => cluster.Create(ResourceTypes.VirtualService, $$"""
        { "metadata": { "name": "plain", "namespace": "foo" }, "spec": { "hosts": ["*"], "gateways": ["connections"], "{{kind}}": {{routes}} } }
        """);

    private long Sum(string metric, string version) => cluster.Metrics.Series
        .Where(series => series.Name == metric && series.Labels["reporter"] == "destination" && series.Labels["destination_version"] == version).Sum(Count);

    private long Refused(string flag) => cluster.Metrics.Series
        .Where(series => series.Name == "istio_tcp_connections_closed_total" && series.Labels["reporter"] == "source" && series.Labels["response_flags"] == flag)
        .Sum(Count);

    private long Count(Simulator.Metrics.MetricSeries series) => series.Count(cluster.Metrics.Now + TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)).Count;

    private async Task<TcpClient> ConnectAsync(int port)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(cluster.Options.Address, port);
        return socket;
    }

    /// <summary>Says something, by TLS where a name is asked for, and hears everything; empty when the connection is refused or closed.</summary>
    private async Task<string> TalkAsync(int port, string say = "", string? serverName = null)
    {
        try
        {
            using var socket = await ConnectAsync(port);
            await using var plain = socket.GetStream();
            await using var secure = serverName is null ? null : new SslStream(plain, false, (_, _, _, _) => true);
            if (secure is not null) await secure.AuthenticateAsClientAsync(serverName!);
            Stream stream = secure is null ? plain : secure;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(say));
            if (secure is null) socket.Client.Shutdown(SocketShutdown.Send);
            else await secure.ShutdownAsync();
            return await new StreamReader(stream).ReadToEndAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }

    /// <summary>Sends every byte by itself.</summary>
    private sealed class OneByteAtATime : NetworkStream
    {
        public OneByteAtATime(TcpClient client) : base(client.Client) => client.NoDelay = true;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++) await base.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }
    }
}
