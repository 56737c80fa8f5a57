using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Host.Hosting;

namespace Orchestrator.Host.Tests.Hosting;

/// <summary>What is too large, too slow or no request at all.</summary>
public sealed class ServerLimitsTests(RunningHost host) : IClassFixture<RunningHost>
{
    private const string Start = "/runtime/webhooks/durabletask/orchestrators/Nothing";
    private const int PayloadCap = 10 * 1024 * 1024;

    [Theory]
    [InlineData("POST", Start, PayloadCap)]
    [InlineData("POST", "/runtime/webhooks/durabletask/instances/i/raiseEvent/e", PayloadCap)]
    [InlineData("PUT", "/api/tenants/foo", ServerLimits.BodyBytes)]
    [InlineData("POST", "/api/tenants/foo/canaries", ServerLimits.BodyBytes)]
    public async Task A_body_that_says_it_is_too_large_is_refused_before_it_is_sent(string verb, string path, long limit)
    {
        var answer = await host.SendAsync($"{verb} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {limit + 1}\r\n\r\n");

        AssertProblem(answer, 413);
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_read_up_to_the_limit()
    {
        const int Chunk = 64 * 1024;
        var chunk = $"{Chunk:x}\r\n{new string(' ', Chunk)}\r\n";

        var answer = await host.SendAsync(
            [
                $"POST {Start} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                .. Enumerable.Repeat(chunk, PayloadCap / Chunk),
                "1\r\n \r\n0\r\n\r\n",
            ]);

        AssertProblem(answer, 413);
    }

    [Fact]
    public async Task The_app_reads_no_more_of_a_body_than_it_says()
    {
        using var answer = await host.Http.PutAsync("/api/tenants/foo", Json(new string(' ', 257 * 1024)));

        await AssertProblemAsync(answer, 400, "larger than 256 KiB");
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n", 400)]
    [InlineData("GET /api/tenants HTTP/9.9\r\n\r\n", 505)]
    [InlineData("GET /api/tenants HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /api/tenants HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n", 400)]
    [InlineData("GET /api/%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("POST /api/tenants HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("PUT /api/tenants/foo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    public async Task What_is_no_request_is_refused_and_the_connection_closed(string request, int status) =>
        Assert.StartsWith($"HTTP/1.1 {status} ", await host.SendAsync(request), StringComparison.Ordinal);

    [Fact]
    public async Task Lines_and_headers_have_limits()
    {
        var line = new string('a', ServerLimits.RequestLineBytes);
        var headers = string.Concat(Enumerable.Range(0, ServerLimits.Headers + 1).Select(number => $"x-{number}: y\r\n"));
        var bytes = new string('a', ServerLimits.HeaderBytes);

        Assert.StartsWith("HTTP/1.1 414 ", await host.SendAsync($"GET /{line} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await host.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n{headers}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await host.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nx: {bytes}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_too_slowly_is_cut_off_while_others_are_served()
    {
        var headers = host.SendAsync("GET /api/tenants HTTP/1.1\r\nHost: x\r\nx-slow:");
        var body = host.SendAsync("PUT /api/tenants/foo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");

        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/api/health/live")).StatusCode);
        Assert.StartsWith("HTTP/1.1 408 ", await headers, StringComparison.Ordinal);
        AssertProblem(await body, 408);
    }

    [Theory]
    [InlineData("PUT", "/api/tenants/foo")]
    [InlineData("PUT", "/api/meshes/default")]
    [InlineData("POST", "/api/tenants/foo/canaries")]
    [InlineData("POST", Start)]
    public async Task What_is_no_readable_json_is_a_problem(string verb, string path)
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 70)) + "1" + new string('}', 70);
        foreach (var body in new[] { "{", "{}}", "\u0001", deep, "{\"a\":\"\\ud800\"}", "{\"\\udc00\":1}", "{\"a\":NaN}", "{'a':1}", "[1,]" })
        {
            await AssertProblemAsync(await SendAsync(verb, path, Json(body)), 400, "not JSON");
        }

        await AssertProblemAsync(await SendAsync(verb, path, new ByteArrayContent([(byte)'"', 0xff, (byte)'"'])), 400, "UTF-8");
    }

    [Theory]
    [InlineData("""{"service":"a","service":"b"}""")]
    [InlineData("""{"gateway":{"minReplicas":1e999999}}""")]
    [InlineData("""{"gateway":{"minReplicas":99999999999999999999}}""")]
    [InlineData("""{"readiness":{"timeout":"PT9999999999999999H"}}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    [InlineData(""" "text" """)]
    public async Task A_spec_of_odd_values_is_a_problem(string body) =>
        await AssertProblemAsync(await SendAsync("PUT", "/api/tenants/foo", Json(body)), 400, "");

    [Fact]
    public async Task Members_twice_and_numbers_of_any_size_are_the_apps_matter_at_a_start()
    {
        using var answer = await SendAsync("POST", $"{Start}/odd", Json("""{"a":1e999999,"a":-0.0e-400}"""));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var status = await host.Http.GetFromJsonAsync<JsonObject>("/runtime/webhooks/durabletask/instances/odd");
        Assert.Contains("1e999999", status!["input"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("createdTimeFrom=0001-01-01T00:00:00%2B14:00")]
    [InlineData("createdTimeTo=9999-12-31T23:59:59-14:00")]
    [InlineData("createdTimeFrom=2026-02-30")]
    [InlineData("createdTimeFrom=12345678901234567890")]
    public async Task Dates_that_there_are_not_are_a_problem(string query) =>
        await AssertProblemAsync(await host.Http.GetAsync($"/runtime/webhooks/durabletask/instances?{query}"), 400, "give a time such as");

    [Theory]
    [InlineData("GET", "/", 404, "There is nothing at /.")]
    [InlineData("GET", "/api/nothing", 404, "There is nothing at /api/nothing.")]
    [InlineData("PATCH", "/api/tenants/foo", 405, "/api/tenants/foo takes")]
    public async Task Where_nothing_is_the_answer_is_a_problem_too(string verb, string path, int status, string detail) =>
        await AssertProblemAsync(await host.Http.SendAsync(new(new HttpMethod(verb), path)), status, detail);

    [Fact]
    public async Task The_server_does_not_say_what_it_is()
    {
        using var answer = await host.Http.GetAsync("/api/health/live");
        Assert.False(answer.Headers.Contains("Server"));
    }

    private static void AssertProblem(string answer, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", answer, StringComparison.Ordinal);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, int status, string detail)
    {
        using (answer)
        {
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(status == (int)answer.StatusCode, $"{answer.StatusCode}: {body}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains(detail, JsonNode.Parse(body)!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private Task<HttpResponseMessage> SendAsync(string verb, string path, HttpContent body) =>
        host.Http.SendAsync(new(new HttpMethod(verb), path) { Content = body });
}
