using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;
using Orchestrator.Durable.Engine.Triggers;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

public sealed class HttpFunctionTests
{
    [Theory]
    [InlineData("GET", "/api/tenants/foo", 200, "\"foo\"")]
    [InlineData("POST", "/api/tenants/foo", 405, null)]
    [InlineData("GET", "/tenants/foo", 404, null)]
    [InlineData("DELETE", "/api/Anything", 200, "DELETE")]
    [InlineData("GET", "/api/files/a/b", 200, "a/b")]
    public async Task Routes_and_verbs_are_those_of_the_trigger(string verb, string path, int status, string? body)
    {
        await using var host = await FunctionsHost.StartAsync<Functions>();

        using var answer = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(body ?? "", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("", "/tenants/foo")]
    [InlineData("v1/orchestrator", "/v1/orchestrator/tenants/foo")]
    public async Task The_prefix_is_that_of_host_json(string prefix, string path)
    {
        await using var host = await FunctionsHost.StartAsync<Functions>(new HostJson { RoutePrefix = prefix });

        Assert.Equal("\"foo\"", await host.Client.GetStringAsync(path));
    }

    [Theory]
    [InlineData("", "count=null full=null from=null tags=null size=20")]
    [InlineData("?count=3&full=true&size=5", "count=3 full=True from=null tags=null size=5")]
    [InlineData("?from=2026-01-31T13:00:00%2B01:00", "count=null full=null from=2026-01-31T12:00:00.0000000Z tags=null size=20")]
    [InlineData("?from=2026-01-31", "count=null full=null from=2026-01-31T00:00:00.0000000Z tags=null size=20")]
    [InlineData("?tags=1&tags=2", "count=null full=null from=null tags=1,2 size=20")]
    public async Task Query_parameters_become_plain_parameters(string query, string expected)
    {
        await using var host = await FunctionsHost.StartAsync<Functions>();

        Assert.Equal(expected, await host.Client.GetStringAsync($"/api/query{query}"));
    }

    [Fact]
    public async Task Every_malformed_parameter_is_a_problem_with_its_place()
    {
        await using var host = await FunctionsHost.StartAsync<Functions>();

        using var answer = await host.Client.GetAsync("/api/query?count=many&full=yes&from=soon&tags=1&tags=x&size=1&size=2");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsArray();
        Assert.Equal(
            [
                "/query/count invalid 'count' is 'many': give a whole number.",
                "/query/full invalid 'full' is 'yes': give true or false.",
                "/query/from invalid 'from' is 'soon': give a time such as 2026-01-31T12:00:00Z.",
                "/query/tags invalid 'tags' is 'x': give a whole number.",
                "/query/size duplicate 'size' is given 2 times: give it once.",
            ],
            errors.Select(error => $"{error!["pointer"]} {error["code"]} {error["message"]}"));
    }

    [Fact]
    public async Task A_parameter_that_has_no_null_must_be_given()
    {
        await using var host = await FunctionsHost.StartAsync<Functions>();

        using var answer = await host.Client.GetAsync("/api/Required");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("'id' is missing: give a Guid.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"foo"}""", 200, "foo")]
    [InlineData("""{"name":""", 400, "/body")]
    [InlineData("null", 400, "/body")]
    public async Task A_body_can_be_a_parameter(string body, int status, string expected)
    {
        await using var host = await FunctionsHost.StartAsync<Functions>();

        using var answer = await host.Client.PostAsync("/api/body", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iresult", 202, "application/json", """{"name":"foo"}""")]
    [InlineData("actionresult", 201, "application/json", """{"name":"foo"}""")]
    [InlineData("poco", 200, "application/json", """{"name":"foo"}""")]
    [InlineData("text", 200, "text/plain", "foo")]
    [InlineData("null", 204, null, "")]
    [InlineData("void", 200, null, "")]
    [InlineData("task", 200, null, "")]
    [InlineData("valuetask", 200, "application/json", "7")]
    [InlineData("multi", 409, "application/json", "\"foo\"")]
    public async Task Whatever_a_function_returns_is_its_answer(string route, int status, string? type, string body)
    {
        await using var host = await FunctionsHost.StartAsync<Functions>();

        using var answer = await host.Client.GetAsync($"/api/results/{route}");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_function_gets_the_durable_client_and_its_context()
    {
        var client = FunctionsHost.DurableClient();
        client.Setup(each => each.GetInstancesAsync("tenant.foo", false, It.IsAny<CancellationToken>()))
            .ReturnsAsync(new OrchestrationMetadata("TenantOrchestrator", "tenant.foo"));
        await using var host = await FunctionsHost.StartAsync<Functions>(configure: services => services.AddSingleton(client.Object));

        Assert.Equal("TenantOrchestrator seen by Instance", await host.Client.GetStringAsync("/api/Instance?id=tenant.foo"));
    }

    [Fact]
    public async Task A_function_that_throws_is_a_500_that_tells_where_to_look_and_nothing_else()
    {
        using var logs = new LogRecorder();
        await using var host = await FunctionsHost.StartAsync<Functions>(configure: services => services.AddLogging(log => log.AddProvider(logs)));

        using var answer = await host.Client.GetAsync("/api/Throw");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        var line = Assert.Single(logs.Lines, line => line.Level == LogLevel.Error);
        var invocation = line.Text[(line.Text.LastIndexOf(' ') + 1)..].TrimEnd('.');
        Assert.Contains(invocation, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_takes_too_long_is_cancelled_and_answers_504()
    {
        await using var host = await FunctionsHost.StartAsync<Functions>(new HostJson { FunctionTimeout = TimeSpan.FromMilliseconds(1) });

        using var answer = await host.Client.GetAsync("/api/WaitForever");

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("functionTimeout of host.json", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_of_events_is_sent_as_it_happens()
    {
        await using var host = await FunctionsHost.StartAsync<Functions>();

        Assert.Equal("data: one\n\ndata: two\n\n", await host.Client.GetStringAsync("/api/Events"));
    }

    [Fact]
    public async Task Every_endpoint_says_which_key_it_needs()
    {
        await using var host = await FunctionsHost.StartAsync<Functions>();

        var requirements = host.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<KeyRequirement>()!)
            .ToDictionary(requirement => requirement.Function!);

        Assert.Equal(AuthorizationLevel.Anonymous, requirements["Anything"].Level);
        Assert.Equal(AuthorizationLevel.Function, requirements["GetTenant"].Level);
    }

    private sealed record Tenant(string Name);

    private sealed class Answer
    {
        [HttpResult]
        public required IResult Result { get; init; }

        [QueueOutput("events")]
        public string? Event { get; init; }
    }

#pragma warning disable IDE0060 // A trigger's parameter is needed even where the function does not look at it.
    private sealed class Functions
    {
        [Function("GetTenant")]
        public static string GetTenant(
            [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}")] HttpRequest request, string tenant) =>
            JsonSerializer.Serialize(tenant);

        [Function("Anything")]
        public static string Anything([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => request.Method;

        [Function("File")]
        public static string File([HttpTrigger("get", Route = "files/{*path}")] HttpRequest request, string path) => path;

        [Function("Query")]
        public static string Query(
            [HttpTrigger("get", Route = "query")] HttpRequest request, int? count, bool? full, DateTime? from, long[]? tags, int size = 20) =>
            $"count={count?.ToString() ?? "null"} full={full?.ToString() ?? "null"} from={from?.ToString("o") ?? "null"} "
            + $"tags={(tags is null ? "null" : string.Join(',', tags))} size={size}";

        [Function("Required")]
        public static string Required([HttpTrigger("get")] HttpRequest request, Guid id) => $"{id}";

        [Function("Body")]
        public static string Body([HttpTrigger("post", Route = "body")] HttpRequest request, [FromBody] Tenant tenant) => tenant.Name;

        [Function("IResult")]
        public static IResult Result([HttpTrigger(Route = "results/iresult")] HttpRequest request) =>
            TypedResults.Json(new Tenant("foo"), statusCode: 202);

        [Function("ActionResult")]
        public static Task<IActionResult> ActionResult([HttpTrigger(Route = "results/actionresult")] HttpRequest request) =>
            Task.FromResult<IActionResult>(new ObjectResult(new Tenant("foo")) { StatusCode = 201 });

        [Function("Poco")]
        public static Tenant Poco([HttpTrigger(Route = "results/poco")] HttpRequest request) => new("foo");

        [Function("Text")]
        public static Task<string> Text([HttpTrigger(Route = "results/text")] HttpRequest request) => Task.FromResult("foo");

        [Function("Null")]
        public static Task<Tenant?> Null([HttpTrigger(Route = "results/null")] HttpRequest request) => Task.FromResult<Tenant?>(null);

        [Function("Void")]
        public static void Void([HttpTrigger(Route = "results/void")] HttpRequest request)
        {
        }

        [Function("Task")]
        public static Task Nothing([HttpTrigger(Route = "results/task")] HttpRequest request) => Task.CompletedTask;

        [Function("ValueTask")]
        public static ValueTask<int> Value([HttpTrigger(Route = "results/valuetask")] HttpRequest request) => new(7);

        [Function("Multi")]
        public static Answer Multi([HttpTrigger(Route = "results/multi")] HttpRequest request) => new() { Result = TypedResults.Conflict("foo") };

        [Function("Instance")]
        public async Task<string> InstanceAsync(
            [HttpTrigger("get")] HttpRequest request,
            [DurableClient] DurableTaskClient client,
            FunctionContext context,
            CancellationToken cancellation,
            string id) =>
            $"{(await client.GetInstanceAsync(id, cancellation))?.Name} seen by {context.FunctionDefinition.Name}";

        [Function("Throw")]
        public static void Throw([HttpTrigger("get")] HttpRequest request) => throw new InvalidOperationException("secret");

        [Function("WaitForever")]
        public static Task WaitForeverAsync([HttpTrigger("get")] HttpRequest request, CancellationToken cancellation) =>
            Task.Delay(Timeout.Infinite, cancellation);

        [Function("Events")]
        public static IResult Events([HttpTrigger("get")] HttpRequest request) =>
            TypedResults.ServerSentEvents(new[] { "one", "two" }.ToAsyncEnumerable());
    }
#pragma warning restore IDE0060
}
