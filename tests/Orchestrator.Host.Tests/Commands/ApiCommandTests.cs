using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Commands;

public sealed class ApiCommandTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Onboarding_sends_the_spec_as_it_was_written()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Accepted(null, new { }));

        var result = await server.OrcAsync("tenants", "onboard", "foo", "-f", Spec("gateway:\n  service: { ports: [{ name: http2, port: 80, nodePort: 32180 }] }"));

        Assert.Equal(0, result.ExitCode);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("PUT", "/api/tenants/foo"), (request.Method, request.PathAndQuery));
        Assert.Equal("""{"gateway":{"service":{"ports":[{"name":"http2","port":80,"nodePort":32180}]}}}""", request.Body);
    }

    [Fact]
    public async Task A_refused_request_shows_every_pointer_on_standard_error()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Problem(
            title: "The request is not valid.",
            statusCode: 400,
            extensions: new Dictionary<string, object?>
            {
                ["errors"] = new[]
                {
                    new { pointer = "/gateway/service/ports", code = "required", message = "A gateway needs a port." },
                    new { pointer = "/readiness/timeout", code = "duration", message = "Expected a duration such as 30s." },
                },
            }));

        var result = await server.OrcAsync("tenants", "onboard", "foo", "-f", Spec("cluster: default"), "-o", "json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("/gateway/service/ports", result.Error);
        Assert.Contains("Expected a duration such as 30s.", result.Error);
    }

    [Fact]
    public async Task Json_output_is_the_servers_answer_and_nothing_else()
    {
        const string View = """{"tenant":"foo","phase":"Ready","steps":[],"spec":{"fromTheFuture":true}}""";
        await using var server = await FakeServer.StartAsync(_ => Results.Text(View, "application/json"));

        var result = await server.OrcAsync("tenants", "get", "foo", "-o", "json");

        Assert.Equal(0, result.ExitCode);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(View), JsonNode.Parse(result.Output)));
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task The_history_shows_each_change_of_weight()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Text(
            """
            [{"view":{"tenant":"foo","service":"hello","phase":"Promoted","candidate":"v2"},"spec":{"fromTheFuture":true},
            "weights":[{"at":"2026-11-30T09:00:00Z","weight":0,"preview":true,"mirror":0},{"at":"2026-11-30T09:05:00Z","step":2,"weight":10,"preview":false,"mirror":0}],
            "dropped":[{"metric":"lag","weight":10,"verdict":"Passed","count":123,"values":123}]}]
            """,
            "application/json"));

        var result = await server.OrcAsync("canaries", "history", "foo", "hello");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("2026-11-30 09:00:00Z: 0 %, preview", result.Output, StringComparison.Ordinal);
        Assert.Contains("2026-11-30 09:05:00Z at step 2: 10 %", result.Output, StringComparison.Ordinal);
        Assert.Contains("123 more readings", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_with_json_output_prints_the_end_alone()
    {
        var views = new Queue<string>(["Previewing", "Progressing", "Promoted"]);
        await using var server = await FakeServer.StartAsync(_ => Canary(views.Count > 1 ? views.Dequeue() : views.Peek()));

        var result = await server.OrcAsync("canaries", "get", "foo", "hello", "-w", "-o", "json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("Promoted", (string?)JsonNode.Parse(result.Output)!["phase"]);
    }

    [Theory]
    [InlineData("Promoted", 0)]
    [InlineData("RolledBack", 1)]
    [InlineData("Aborted", 1)]
    [InlineData("Superseded", 1)]
    [InlineData("Failed", 1)]
    public async Task A_watched_canary_succeeds_only_by_promotion(string end, int exitCode)
    {
        await using var server = await FakeServer.StartAsync(_ => Canary(end));
        Assert.Equal(exitCode, (await server.OrcAsync("canaries", "get", "foo", "hello", "-w")).ExitCode);
    }

    [Theory]
    [InlineData("Aborted", 0)]
    [InlineData("Promoted", 1)]
    public async Task A_watched_abort_succeeds_only_if_the_canary_was_taken_back(string end, int exitCode)
    {
        await using var server = await FakeServer.StartAsync(request => request.Method == "POST" ? Results.Accepted() : Canary(end));

        var result = await server.OrcAsync("canaries", "abort", "foo", "hello", "--by", "ann", "--reason", "looks bad", "--revision", "v0-0-2", "-w");

        Assert.Equal(exitCode, result.ExitCode);
        var request = server.Requests.First();
        Assert.Equal("/api/tenants/foo/canaries/hello/abort", request.PathAndQuery);
        Assert.Equal("""{"by":"ann","reason":"looks bad","revision":"v0-0-2"}""", request.Body);
    }

    [Theory]
    [InlineData("""{"by":"ann","reason":"the fix"}""", "POST /api/tenants/foo/canaries/hello/promote?full=true&force=true", "canaries", "promote", "foo", "hello", "--full", "--force", "--reason", "the fix")]
    [InlineData("""{"by":"ann","reason":"db","to":"2026-12-24T12:00","timeZone":"Europe/Zurich"}""", "PUT /api/freezes/incident-7", "freezes", "set", "incident-7", "--reason", "db", "--to", "2026-12-24T12:00", "--time-zone", "Europe/Zurich")]
    [InlineData("""{"by":"ann"}""", "DELETE /api/freezes/incident-7", "freezes", "lift", "incident-7")]
    [InlineData("""{"by":"ann","reason":"quarter end"}""", "DELETE /api/windows", "windows", "lift", "--reason", "quarter end")]
    public async Task What_is_said_is_sent_with_who_says_it(string body, string call, params string[] arguments)
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Json(new { }));
        var result = await server.OrcAsync([.. arguments, "--by", "ann"]);

        Assert.Equal(0, result.ExitCode);
        var request = Assert.Single(server.Requests);
        Assert.Equal((call, body), ($"{request.Method} {request.PathAndQuery}", request.Body));
    }

    [Fact]
    public async Task A_link_is_printed_alone()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Json(new { url = "http://orc/api/links/abc" }, statusCode: 201));
        var result = await server.OrcAsync("canaries", "link", "foo", "hello", "approve", "--by", "ann", "--expires-in", "90m");

        Assert.Equal((0, "http://orc/api/links/abc"), (result.ExitCode, result.Output.Trim()));
        var request = Assert.Single(server.Requests);
        Assert.Equal(
            ("POST", "/api/tenants/foo/canaries/hello/links", """{"verb":"approve","by":"ann","expiresIn":"1h30m"}"""),
            (request.Method, request.PathAndQuery, request.Body));
    }

    [Fact]
    public async Task Freezes_are_listed_with_who_set_them_and_why()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Text(
            """[{"name":"incident-7","from":"2026-12-24T12:00:00Z","to":null,"reason":"db","by":"ann"}]""", "application/json"));
        var result = await server.OrcAsync("freezes", "list");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches("incident-7.*2026-12-24T12:00:00Z.*ann.*db", result.Output);
    }

    [Fact]
    public async Task Windows_of_everything_are_sent_from_a_file_and_shown()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Text(
            """{"windows":[{"days":["Mon","Tue"],"from":"09:00","to":"17:00","timeZone":"Europe/Zurich"}],"by":"ann","reason":"office hours"}""", "application/json"));
        var file = Spec("windows: [{days: [Mon, Tue], from: '09:00', to: '17:00', timeZone: Europe/Zurich}]");

        Assert.Equal(0, (await server.OrcAsync("windows", "set", "-f", file, "--by", "ann", "--reason", "office hours")).ExitCode);
        var request = Assert.Single(server.Requests);
        Assert.Equal(
            ("PUT", "/api/windows", """{"windows":[{"days":["Mon","Tue"],"from":"09:00","to":"17:00","timeZone":"Europe/Zurich"}],"by":"ann","reason":"office hours"}"""),
            (request.Method, request.PathAndQuery, request.Body));

        var shown = await server.OrcAsync("windows", "get");
        Assert.Matches("Mon, Tue.*09:00.*17:00.*Europe/Zurich.*ann.*office hours", shown.Output);
    }

    [Fact]
    public async Task A_new_canary_is_not_mistaken_for_the_one_before_it()
    {
        var reads = 0;
        await using var server = await FakeServer.StartAsync(request => request.Method == "POST" ? Results.Accepted()
            : ++reads <= 3 ? Canary("Promoted", run: 1)
            : Canary("RolledBack", run: 2));

        var result = await server.OrcAsync("canaries", "start", "foo", "-f", Spec("{service: hello, candidate: {version: v0-0-3}}"), "-w");

        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("Ready", 0)]
    [InlineData("RolledBack", 1)]
    [InlineData("Failed", 1)]
    public async Task A_watched_onboarding_succeeds_only_if_the_tenant_is_ready(string end, int exitCode)
    {
        var phases = new Queue<string>(["Onboarding", end]);
        await using var server = await FakeServer.StartAsync(request => request.Method == "PUT"
            ? Results.Accepted()
            : Results.Json(new { tenant = "foo", cluster = "default", phase = phases.Count > 1 ? phases.Dequeue() : phases.Peek(), instanceId = "tenant.foo" }));

        var result = await server.OrcAsync("tenants", "onboard", "foo", "-f", Spec("cluster: default"), "-w");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains("Onboarding", result.Output);
        Assert.Contains(end, result.Output);
    }

    [Fact]
    public async Task A_watched_offboarding_ends_well_when_the_tenant_is_gone()
    {
        await using var server = await FakeServer.StartAsync(request => request.Method == "DELETE" ? Results.Accepted() : Results.Problem(title: "Not found.", statusCode: 404));
        Assert.Equal(0, (await server.OrcAsync("tenants", "offboard", "foo", "-w")).ExitCode);
    }

    [Fact]
    public async Task The_key_is_sent_and_never_shown()
    {
        await using var server = await FakeServer.StartAsync(request => request.Key == "secret-key" ? Results.Json(Array.Empty<object>()) : Results.Unauthorized());

        var right = await server.OrcAsync("tenants", "list", "--key", "secret-key");
        var wrong = await server.OrcAsync("tenants", "list", "--key", "wrong-key");

        Assert.Equal(0, right.ExitCode);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("--key", wrong.Error);
        Assert.DoesNotContain("-key\"", right.Output + right.Error);
        Assert.DoesNotContain("wrong-key", wrong.Output + wrong.Error);
    }

    [Fact]
    public async Task A_name_cannot_leave_its_place_in_the_path()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Problem(title: "Not found.", statusCode: 404));

        await server.OrcAsync("tenants", "get", "../meshes?x=1");

        Assert.Equal("/api/tenants/..%2Fmeshes%3Fx%3D1", Assert.Single(server.Requests).PathAndQuery);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_what_to_do()
    {
        var result = await Orc.RunAsync("tenants", "list", "--server", $"http://127.0.0.1:{FreePort.Next()}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("./orc dev", result.Error);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task Text_from_the_server_is_no_markup()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Problem(title: "[red]no[/]", detail: "a [bracket", statusCode: 409));

        var result = await server.OrcAsync("tenants", "offboard", "foo");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("[red]no[/]", result.Error);
        Assert.Contains("a [bracket", result.Error);
    }

    [Fact]
    public async Task Instances_are_listed_to_the_last_page()
    {
        await using var server = await FakeServer.StartAsync(request => new Page(request.PathAndQuery.Contains("instanceIdPrefix=canary.foo.", StringComparison.Ordinal)));

        var result = await server.OrcAsync("instances", "list", "--prefix", "canary.foo.", "-o", "json");

        Assert.Equal(["one", "two"], JsonNode.Parse(result.Output)!.AsArray().Select(node => (string?)node!["instanceId"]));
    }

    [Fact]
    public async Task An_event_is_raised_with_its_payload()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Accepted());

        var result = await server.OrcAsync("instances", "raise", "canary.foo.hello", "approve", "--data", "{by: ann}");

        Assert.Equal(0, result.ExitCode);
        var request = Assert.Single(server.Requests);
        Assert.Equal("/runtime/webhooks/durabletask/instances/canary.foo.hello/raiseEvent/approve", request.PathAndQuery);
        Assert.Equal("""{"by":"ann"}""", request.Body);
    }

    private static IResult Canary(string phase, int run = 1) => Results.Json(new
    {
        tenant = "foo",
        service = "hello",
        phase,
        candidate = "v0-0-2",
        weights = new { stable = 90, canary = 10 },
        analysis = Array.Empty<object>(),
        decisions = Array.Empty<object>(),
        startedAt = new DateTime(2026, 1, run, 0, 0, 0, DateTimeKind.Utc),
        instanceId = $"canary.foo.hello.{run}",
    });

    private string Spec(string yaml)
    {
        var file = folder["spec.yaml"];
        File.WriteAllText(file, yaml);
        return file;
    }

    /// <summary>Two pages, joined by the continuation header.</summary>
    private sealed class Page(bool filtered) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            var first = !context.Request.Headers.ContainsKey("x-ms-continuation-token");
            if (first)
            {
                context.Response.Headers["x-ms-continuation-token"] = "next";
            }

            await context.Response.WriteAsJsonAsync(filtered ? new[] { new { instanceId = first ? "one" : "two" } } : []);
        }
    }
}
