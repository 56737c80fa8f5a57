using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.TestKit;

namespace Orchestrator.EndToEnd.Tests;

/// <summary>A host that the operating system asks to end (SIGTERM), as Kubernetes and systemd do.</summary>
public sealed class StopTests
{
    private const string Management = "/runtime/webhooks/durabletask";
    private const string Run = "mesh.default";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Running_requests_are_answered_new_ones_refused_and_what_was_begun_goes_on_at_the_next_start()
    {
        await using var dev = await DevEnvironment.StartAsync();
        using var http = new HttpClient { BaseAddress = new(dev.Server), Timeout = Deadline };
        var waits = http.PostAsync(
            $"{Management}/orchestrators/MeshOrchestrator/{Run}?timeout=600", new StringContent("""{"Spec":{"Cluster":"default"}}"""));
        await Eventually.Async(
            async () => (await http.PostAsync($"{Management}/instances/{Run}/suspend", null)).StatusCode is HttpStatusCode.Accepted, Deadline, "the run");
        using var sender = await SlowRequest.BeginAsync(dev.Port);

        await RunningProcess.RunAsync("kill", ["-TERM", $"{dev.Host.Id}"], Deadline);
        await Eventually.Async(async () => !await AcceptsAsync(dev.Port), Deadline, "new connections to be refused");

        using var waited = await waits;
        Assert.Equal(HttpStatusCode.Accepted, waited.StatusCode);
        Assert.EndsWith($"/instances/{Run}", waited.Headers.Location!.OriginalString);
        Assert.StartsWith("HTTP/1.1 400 ", await sender.EndAsync());
        var ended = await dev.Host.WaitForExitAsync(Deadline);
        Assert.Equal(0, ended.ExitCode);
        Assert.NotEqual((0, 0), HistoryAudit.Check(dev.StorePath));

        await dev.StartHostAsync();
        using var next = new HttpClient { BaseAddress = new(dev.Server) };
        await Eventually.Async(
            async () => (await next.PostAsync($"{Management}/instances/{Run}/resume", null)).StatusCode is HttpStatusCode.Accepted, Deadline, "the resume");
        await Eventually.Async(
            async () => (string?)(await next.GetFromJsonAsync<JsonObject>("/api/meshes/default"))!["phase"] == "Ready", Deadline, "the mesh to be Ready");
    }

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A request whose body is on its way.</summary>
    private sealed class SlowRequest : IDisposable
    {
        private const string Body = """{"odd":1}""";

        private readonly TcpClient client = new();
        private readonly StringBuilder answer = new();

        /// <summary>Sends the headers and waits until the host asks for the body, so that the request is running.</summary>
        public static async Task<SlowRequest> BeginAsync(int port)
        {
            var request = new SlowRequest();
            await request.client.ConnectAsync(IPAddress.Loopback, port);
            await request.SendAsync($"PUT /api/tenants/foo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {Body.Length}\r\n\r\n");
            await Eventually.Async(async () => (await request.ReadAsync()).Contains("100 Continue", StringComparison.Ordinal), Deadline, "100 Continue");
            request.answer.Clear();
            return request;
        }

        /// <summary>Sends the body and gives the answer.</summary>
        public async Task<string> EndAsync()
        {
            await SendAsync(Body);
            await Eventually.Async(async () => (await ReadAsync()).Contains("problem+json", StringComparison.Ordinal), Deadline, "the answer");
            return answer.ToString();
        }

        public void Dispose() => client.Dispose();

        private async Task SendAsync(string text) => await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

        private async Task<string> ReadAsync()
        {
            var buffer = new byte[4096];
            var length = await client.GetStream().ReadAsync(buffer);
            return answer.Append(Encoding.ASCII.GetString(buffer, 0, length)).ToString();
        }
    }
}
