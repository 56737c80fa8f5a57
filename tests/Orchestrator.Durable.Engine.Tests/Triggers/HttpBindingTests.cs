using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

/// <summary>What routes match, and what becomes of a request before and after the function.</summary>
public sealed class HttpBindingTests : IAsyncLifetime
{
    private FunctionsHost host = null!;

    public async Task InitializeAsync() => host = await FunctionsHost.StartAsync<Functions>();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("/api/runs/7", 200, "7")]
    [InlineData("/api/runs/seven", 404, "")]
    [InlineData("/api/runs/7/eight", 404, "")]
    [InlineData("/api/list", 200, "all")]
    [InlineData("/api/list/foo", 200, "foo")]
    [InlineData("/api/files", 200, "none")]
    [InlineData("/api/files/a/b%20c", 200, "a/b c")]
    [InlineData("/api/colours/red", 200, "Red")]
    [InlineData("/api/ids/6f9619ff-8b86-d011-b42d-00c04fc964ff", 200, "6f9619ff-8b86-d011-b42d-00c04fc964ff")]
    public async Task Constraints_and_optional_and_catch_all_segments_are_those_of_the_template(string path, int status, string body)
    {
        using var answer = await host.Client.GetAsync(path);

        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PURGE")]
    public async Task A_trigger_without_verbs_takes_all(string verb)
    {
        using var answer = await host.Client.SendAsync(new(new HttpMethod(verb), "/api/any"));

        Assert.Equal(verb, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("colour=green", "Green null null null null")]
    [InlineData("ratio=0.5", "null 0.5 null null null")]
    [InlineData("at=2026-01-31T13:00:00%2B01:00", "null null 2026-01-31T12:00:00.0000000+00:00 null null")]
    [InlineData("colours=red&colours=green", "null null null Red,Green null")]
    [InlineData("id=6f9619ff-8b86-d011-b42d-00c04fc964ff", "null null null null 6f9619ff-8b86-d011-b42d-00c04fc964ff")]
    public async Task Enums_numbers_times_arrays_and_ids_are_read_from_the_query(string query, string expected) =>
        Assert.Equal(expected, await host.Client.GetStringAsync($"/api/query?{query}"));

    [Theory]
    [InlineData("colour=blue", "'colour' is 'blue': give one of Red, Green.")]
    [InlineData("colour=7", "'colour' is '7': give one of Red, Green.")]
    [InlineData("ratio=half", "'ratio' is 'half': give a number.")]
    [InlineData("at=9999-12-31T23:59:59-10:00", "'at' is '9999-12-31T23:59:59-10:00': give a time")]
    [InlineData("at=2026-02-30", "'at' is '2026-02-30': give a time")]
    public async Task What_cannot_be_read_is_a_problem_that_says_what_to_give(string query, string problem)
    {
        using var answer = await host.Client.GetAsync($"/api/query?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(problem, (await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_are_bound_as_a_whole_and_stand_in_the_binding_data_with_query_and_route()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/context/foo?full=true");
        request.Headers.Add("x-origin", ["a", "b"]);

        using var answer = await host.Client.SendAsync(request);

        Assert.Equal("a, b a, b true foo {\"full\":\"true\"} GET", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_request_and_its_answer_can_be_the_workers_own()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/data?x=1%202") { Content = JsonContent.Create(new { name = "foo" }) };
        request.Headers.Add("x-origin", "here");

        using var answer = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("made", answer.Headers.GetValues("x-state").Single());
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("""{"Name":"foo/1 2/here/POST"}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"name":7}""", "look at $.name.")]
    [InlineData("""{"name":""", "look at $.name.")]
    [InlineData("", "look in line 1, byte 1.")]
    public async Task A_body_of_another_kind_is_a_problem_that_names_no_type(string body, string place)
    {
        using var answer = await host.Client.PostAsync("/api/body", new StringContent(body, Encoding.UTF8, "application/json"));

        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(place, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Orchestrator", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "?reason={{text}}")]
    [InlineData("?code=k%2F1&taskHub=hub&other=no", "?taskHub=hub&code=k%2F1", "?reason={{text}}&taskHub=hub&code=k%2F1")]
    public async Task A_started_instance_is_answered_with_the_places_to_watch_and_steer_it(string query, string common, string reasoned)
    {
        using var answer = await host.Client.PostAsync($"/api/start{query}", null);

        var instance = new Uri(host.Client.BaseAddress!, "/runtime/webhooks/durabletask/instances/a%2Fb%20c").AbsoluteUri;
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal((instance + common, null), (answer.Headers.Location?.OriginalString, answer.Headers.RetryAfter));
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        AssertPayload(await answer.Content.ReadFromJsonAsync<JsonObject>());
        AssertPayload(await host.Client.GetFromJsonAsync<JsonObject>($"/api/payload{query}"));

        void AssertPayload(JsonObject? payload) => Assert.Equal(
            new Dictionary<string, string?>
            {
                ["Id"] = "a/b c",
                ["StatusQueryGetUri"] = instance + common,
                ["SendEventPostUri"] = $"{instance}/raiseEvent/{{eventName}}{common}",
                ["TerminatePostUri"] = $"{instance}/terminate{reasoned}",
                ["RewindPostUri"] = null,
                ["PurgeHistoryDeleteUri"] = instance + common,
                ["RestartPostUri"] = null,
                ["SuspendPostUri"] = $"{instance}/suspend{reasoned}",
                ["ResumePostUri"] = $"{instance}/resume{reasoned}",
            },
            payload!.ToDictionary(member => member.Key, member => member.Value?.GetValue<string>()));
    }

    [Fact]
    public void The_places_of_an_instance_need_an_id_and_a_request()
    {
        var client = FunctionsHost.DurableClient().Object;

        Assert.Throws<ArgumentException>(() => client.CreateHttpManagementPayload(""));
        Assert.Contains(
            "need a request", Assert.Throws<InvalidOperationException>(() => client.CreateHttpManagementPayload("id")).Message, StringComparison.Ordinal);
    }

    private enum Colour
    {
        Red = 1,
        Green,
    }

    private sealed record Tenant(string Name);

#pragma warning disable IDE0060 // A trigger's parameter is needed even where the function does not look at it.
    private sealed class Functions
    {
        [Function("Run")]
        public static string Run([HttpTrigger("get", Route = "runs/{number:int}")] HttpRequest request, int number) => $"{number}";

        [Function("List")]
        public static string List([HttpTrigger("get", Route = "list/{name?}")] HttpRequest request, string? name) => name ?? "all";

        [Function("File")]
        public static string File([HttpTrigger("get", Route = "files/{*path}")] HttpRequest request, string? path) => path ?? "none";

        [Function("Colour")]
        public static string OfRoute([HttpTrigger("get", Route = "colours/{colour}")] HttpRequest request, Colour colour) => $"{colour}";

        [Function("Id")]
        public static string Id([HttpTrigger("get", Route = "ids/{id:guid}")] HttpRequest request, Guid id) => $"{id}";

        [Function("any")]
        public static string Any([HttpTrigger] HttpRequest request) => request.Method;

        [Function("query")]
        public static string Query(
            [HttpTrigger("get")] HttpRequest request, Colour? colour, double? ratio, DateTimeOffset? at, Colour[]? colours, Guid? id) =>
            string.Join(' ', Text(colour), Text(ratio), at?.ToString("o") ?? "null", colours is null ? "null" : string.Join(',', colours), Text(id));

        [Function("Context")]
        public static string Context(
            [HttpTrigger("get", Route = "context/{tenant}")] HttpRequest request, IReadOnlyDictionary<string, string> headers, FunctionContext context)
        {
            var data = context.BindingContext.BindingData;
            var inData = JsonNode.Parse((string)data["headers"]!)!["x-origin"];
            return $"{headers["x-origin"]} {inData} {data["full"]} {data["Tenant"]} {data["Query"]} {context.GetHttpContext()!.Request.Method}";
        }

        [Function("data")]
        public static async Task<HttpResponseData> DataAsync([HttpTrigger("post")] HttpRequestData request)
        {
            var tenant = await request.ReadFromJsonAsync<Tenant>();
            var response = request.CreateResponse(HttpStatusCode.Created);
            response.Headers.Add("x-state", "made");
            await response.WriteAsJsonAsync(
                new Tenant($"{tenant!.Name}/{request.Query["x"]}/{request.Headers.GetValues("x-origin").Single()}/{request.Method}"));
            return response;
        }

        [Function("body")]
        public static string Body([HttpTrigger("post")] HttpRequest request, [FromBody] Tenant tenant) => tenant.Name;

        [Function("start")]
        public static Task<HttpResponseData> StartAsync([HttpTrigger("post")] HttpRequestData request, [DurableClient] DurableTaskClient client) =>
            client.CreateCheckStatusResponseAsync(request, "a/b c");

        [Function("payload")]
        public static async Task<HttpResponseData> PayloadAsync(
            [HttpTrigger("get")] HttpRequestData request, [DurableClient] DurableTaskClient client)
        {
            var response = request.CreateResponse(HttpStatusCode.OK);
            await response.WriteAsJsonAsync(client.CreateHttpManagementPayload("a/b c", request));
            return response;
        }

        private static string Text<T>(T? value)
            where T : struct => value?.ToString() ?? "null";
    }
#pragma warning restore IDE0060
}
