using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Webhooks;
using Orchestrator.Domain.Canaries;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Webhooks;

public sealed class HttpWebhooksTests
{
    private static readonly CanarySpec Spec = new() { Tenant = "foo", Service = "hello", Candidate = new("v2") };

    private static WebhookPayload Payload(Webhook webhook) =>
        WebhookPayload.Of(Spec, "metric", "errors", webhook, "canary.foo.hello.1", CanaryPhase.Progressing, "v1", 10);

    private static async Task<WebhookAnswer> CallAsync(Webhook webhook, string allowed, string type = WebhookPayload.Metric)
    {
        using var webhooks = new HttpWebhooks(WebhookHosts.Parse(allowed), TimeProvider.System);
        return await webhooks.CallAsync(webhook, Payload(webhook) with { Type = type }, default);
    }

    [Fact]
    public async Task It_is_told_of_the_run_and_its_answer_is_read()
    {
        await using var server = new LoopbackServer(_ => (HttpStatusCode.OK, """{"data":{"errors":3}}"""));
        var webhook = new Webhook($"{server.Address}metric?q=1")
        {
            Headers = new Dictionary<string, string> { ["x-team"] = "foo" },
            Metadata = new Dictionary<string, string> { ["test"] = "smoke" },
            JsonPath = "$.data.errors",
        };

        var answer = await CallAsync(webhook, server.Address.Authority);

        var reading = answer.Read(webhook, DateTime.UnixEpoch);
        Assert.Equal((ReadingState.Value, 3, $"POST {webhook.Url} $.data.errors"), (reading.State, reading.Value, reading.Query));
        var request = server.Requests.Single();
        Assert.Equal(("POST", "/metric?q=1", "foo"), (request.Method, request.Path, request.Headers["x-team"]));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"type":"metric","name":"errors","tenant":"foo","service":"hello","run":"canary.foo.hello.1","phase":"Progressing","stable":"v1","candidate":"v2","weight":10,"metadata":{"test":"smoke"}}"""),
            JsonNode.Parse(request.Body)), request.Body);
    }

    [Fact]
    public async Task A_get_has_no_body()
    {
        await using var server = new LoopbackServer(_ => (HttpStatusCode.OK, "1"));

        await CallAsync(new(server.Address.AbsoluteUri) { Method = WebhookMethod.Get }, server.Address.Authority);

        Assert.Equal(("GET", ""), (server.Requests.Single().Method, server.Requests.Single().Body));
    }

    [Fact]
    public async Task Trouble_that_may_pass_is_sat_out_and_a_refusal_is_not()
    {
        var calls = 0;
        await using var server = new LoopbackServer(request => request.Path == "/no"
            ? (HttpStatusCode.Conflict, "not yet")
            : (++calls < 3 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, "1"));

        Assert.Equal("1", (await CallAsync(new($"{server.Address}flaky"), server.Address.Authority)).Body);
        Assert.Equal($"answered 409: not yet ({server.Address}no)", (await CallAsync(new($"{server.Address}no"), server.Address.Authority)).Error);
        Assert.Equal((3, 4), (calls, server.Requests.Count));
    }

    [Theory]
    [InlineData("application/json; charset=utf8")]
    [InlineData("text/plain; charset=latin-7")]
    [InlineData("nonsense")]
    public async Task An_answer_is_read_as_UTF_8_whatever_its_sender_calls_that(string contentType)
    {
        await using var server = new LoopbackServer(request => request.Path == "/no" ? (HttpStatusCode.Conflict, "später") : (HttpStatusCode.OK, "\uFEFF{\"näher\":3}"), contentType);
        var webhook = new Webhook(server.Address.AbsoluteUri) { JsonPath = "$.näher" };

        Assert.Equal(3, (await CallAsync(webhook, server.Address.Authority)).Read(webhook, DateTime.UnixEpoch).Value);
        Assert.Equal($"answered 409: später ({server.Address}no)", (await CallAsync(new($"{server.Address}no"), server.Address.Authority)).Error);
    }

    [Fact]
    public async Task Only_as_much_is_read_of_an_answer_as_is_needed()
    {
        await using var server = new LoopbackServer(request => (request.Path == "/no" ? HttpStatusCode.Conflict : HttpStatusCode.OK, new string('1', 100_000)));

        Assert.Contains("more than 64 KiB", (await CallAsync(new(server.Address.AbsoluteUri), server.Address.Authority)).Error, StringComparison.Ordinal);
        Assert.Equal(new WebhookAnswer("", null), await CallAsync(new(server.Address.AbsoluteUri), server.Address.Authority, type: "pre-rollout"));
        Assert.Equal($"answered 409: {new string('1', 200)}… ({server.Address}no)", (await CallAsync(new($"{server.Address}no"), server.Address.Authority)).Error);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Whatever_goes_wrong_is_an_answer()
    {
        using var webhooks = new HttpWebhooks(WebhookHosts.Parse("gate.example"), TimeProvider.System, (_, _) => throw new InvalidOperationException("no names today"));
        var webhook = new Webhook("http://gate.example/");

        Assert.Contains("no names today", (await webhooks.CallAsync(webhook, Payload(webhook), default)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_no_success_and_leads_nowhere()
    {
        await using var server = new LoopbackServer(request => request.Path == "/there" ? (HttpStatusCode.OK, "1") : (HttpStatusCode.Found, "/there"));

        Assert.Contains("answered 302", (await CallAsync(new(server.Address.AbsoluteUri), server.Address.Authority)).Error, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_left_in_time()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var webhook = new Webhook($"http://{silent.LocalEndpoint}/") { Timeout = TimeSpan.FromMilliseconds(200) };

        Assert.Contains("no answer within 0.2 s", (await CallAsync(webhook, $"{silent.LocalEndpoint}")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_listed_is_not_called()
    {
        await using var server = new LoopbackServer(_ => (HttpStatusCode.OK, "1"));

        Assert.Contains(WebhookHosts.Setting, (await CallAsync(new(server.Address.AbsoluteUri), "127.0.0.1")).Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_listed_name_that_leads_to_this_machine_is_not_called()
    {
        await using var server = new LoopbackServer(_ => (HttpStatusCode.OK, "1"));
        var name = $"gate.example:{server.Address.Port}";
        using var webhooks = new HttpWebhooks(WebhookHosts.Parse(name), TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        var webhook = new Webhook($"http://{name}/");

        Assert.Contains("leads to this machine", (await webhooks.CallAsync(webhook, Payload(webhook), default)).Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("168.63.129.16", true)]
    [InlineData("fe80::1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("10.0.0.7", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("2001:db8::1", false)]
    public void This_machine_and_its_link_are_known(string address, bool isOwn) => Assert.Equal(isOwn, HttpWebhooks.IsOwn(IPAddress.Parse(address)));
}
