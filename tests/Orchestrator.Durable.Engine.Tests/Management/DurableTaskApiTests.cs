using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Orchestrator.Durable.Engine.Management;
using Orchestrator.Durable.Engine.Tests.Triggers;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Management;

public sealed class DurableTaskApiTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Created = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly Mock<DurableTaskClient> _client = FunctionsHost.DurableClient();
    private FunctionsHost _host = null!;

    public async Task InitializeAsync() => _host = await FunctionsHost.StartAsync(
        services => services.AddSingleton(_client.Object).AddSingleton(TimeProvider.System),
        app => app.MapDurableTaskApi());

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("orchestrators/Onboard/tenant.foo?version=2", "tenant.foo", "2")]
    [InlineData("orchestrators/Onboard", null, null)]
    public async Task A_start_is_accepted_with_the_places_to_watch_and_steer_it(string path, string? id, string? version)
    {
        var expected = version is null ? default(TaskVersion?) : new TaskVersion(version);
        _client.Setup(client => client.ScheduleNewOrchestrationInstanceAsync(
                "Onboard",
                It.Is<object?>(input => ((JsonElement)input!).GetProperty("owner").GetString() == "team-foo"),
                It.Is<StartOrchestrationOptions?>(options =>
                    options!.InstanceId == id && options.DedupeStatuses == null && options.Version == expected),
                It.IsAny<CancellationToken>()))
            .ReturnsAsync("tenant.foo");

        using var answer = await PostAsync(path, """{"owner":"team-foo"}""");

        var instance = new Uri(_host.Client.BaseAddress!, "/runtime/webhooks/durabletask/instances/tenant.foo").ToString();
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal((instance, TimeSpan.FromSeconds(10)), (answer.Headers.Location?.ToString(), answer.Headers.RetryAfter?.Delta));
        AssertJson(
            $$"""
            {
              "id": "tenant.foo",
              "statusQueryGetUri": "{{instance}}",
              "sendEventPostUri": "{{instance}}/raiseEvent/{eventName}",
              "terminatePostUri": "{{instance}}/terminate?reason={text}",
              "purgeHistoryDeleteUri": "{{instance}}",
              "restartPostUri": "{{instance}}/restart",
              "suspendPostUri": "{{instance}}/suspend?reason={text}",
              "resumePostUri": "{{instance}}/resume?reason={text}"
            }
            """,
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_names_hub_and_key_in_a_request_stays_in_the_places_it_answers()
    {
        Start().ReturnsAsync("a b");

        using var answer = await PostAsync("orchestrators/Onboard?taskHub=hub&code=k%2F1&other=no", "");

        var uris = await answer.Content.ReadFromJsonAsync<JsonObject>();
        Assert.EndsWith("/instances/a%20b/terminate?taskHub=hub&code=k%2F1&reason={text}", $"{uris!["terminatePostUri"]}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_of_an_id_that_is_taken_is_a_conflict()
    {
        Start().ThrowsAsync(new OrchestrationAlreadyExistsException("tenant.foo is Running"));

        await AssertRefusedAsync(await PostAsync("orchestrators/Onboard/tenant.foo", ""), 409, "tenant.foo is Running");
    }

    [Theory]
    [InlineData("orchestrators/Onboard", "{", "The body is not JSON")]
    [InlineData("orchestrators/Onboard?timeout=soon", "", "'timeout' is 'soon'")]
    [InlineData("orchestrators/Onboard?timeout=0", "", "'timeout' must be seconds above 0")]
    [InlineData("orchestrators/Onboard?timeout=1&pollingInterval=2", "", "'pollingInterval' is longer than 'timeout'")]
    [InlineData("orchestrators/Onboard/@id", "", "no id")]
    public async Task A_start_that_cannot_be_read_is_refused_with_the_reason(string path, string body, string reason)
    {
        Start().ThrowsAsync(new ArgumentException("no id"));

        await AssertRefusedAsync(await PostAsync(path, body), 400, reason);
    }

    [Fact]
    public async Task A_start_that_waits_answers_the_output()
    {
        Start().ReturnsAsync("tenant.foo");
        _client.Setup(client => client.WaitForInstanceCompletionAsync("tenant.foo", true, It.IsAny<CancellationToken>()))
            .ReturnsAsync(Instance(OrchestrationRuntimeStatus.Completed));

        using var answer = await PostAsync("orchestrators/Onboard?timeout=30&pollingInterval=1", "");

        Assert.Equal((HttpStatusCode.OK, """{"phase":"Ready"}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_start_that_waits_in_vain_is_accepted()
    {
        Start().ReturnsAsync("tenant.foo");
        _client.Setup(client => client.WaitForInstanceCompletionAsync("tenant.foo", true, It.IsAny<CancellationToken>()))
            .Returns(async (string _, bool _, CancellationToken cancellation) =>
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                return Instance(OrchestrationRuntimeStatus.Running);
            });

        using var answer = await PostAsync("orchestrators/Onboard?timeout=0.01", "");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Pending, "", 202)]
    [InlineData(OrchestrationRuntimeStatus.Running, "", 202)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, "", 202)]
    [InlineData(OrchestrationRuntimeStatus.Completed, "", 200)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, "", 200)]
    [InlineData(OrchestrationRuntimeStatus.Failed, "", 200)]
    [InlineData(OrchestrationRuntimeStatus.Failed, "?returnInternalServerErrorOnFailure=true", 500)]
    [InlineData(OrchestrationRuntimeStatus.Completed, "?returnInternalServerErrorOnFailure=true", 200)]
    public async Task The_status_code_tells_whether_an_instance_has_ended(OrchestrationRuntimeStatus status, string query, int code)
    {
        Exists(status);

        using var answer = await _host.Client.GetAsync(Path($"instances/tenant.foo{query}"));

        Assert.Equal(code, (int)answer.StatusCode);
        Assert.Equal(code == 202 ? TimeSpan.FromSeconds(5) : null, answer.Headers.RetryAfter?.Delta);
        Assert.Equal(code == 202, answer.Headers.Location is not null);
    }

    [Fact]
    public async Task The_status_shows_payloads_as_json_and_times_in_seconds()
    {
        Exists(OrchestrationRuntimeStatus.Completed);

        AssertJson(
            """
            {
              "name": "Onboard",
              "instanceId": "tenant.foo",
              "runtimeStatus": "Completed",
              "input": { "owner": "team-foo" },
              "customStatus": "steps done",
              "output": { "phase": "Ready" },
              "createdTime": "2026-01-31T12:00:00Z",
              "lastUpdatedTime": "2026-01-31T12:00:01Z",
              "historyEvents": null
            }
            """,
            await _host.Client.GetStringAsync(Path("instances/tenant.foo")));
    }

    [Fact]
    public async Task The_input_can_be_left_out()
    {
        Exists(OrchestrationRuntimeStatus.Completed);

        var status = await _host.Client.GetFromJsonAsync<JsonObject>(Path("instances/tenant.foo?showInput=false"));

        Assert.Null(status!["input"]);
        Assert.NotNull(status["output"]);
    }

    [Fact]
    public async Task The_output_of_a_failed_instance_is_its_failure_and_a_plain_reason_stays_text()
    {
        Exists(new OrchestrationMetadata("Onboard", "failed")
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Failed,
            FailureDetails = new TaskFailureDetails("System.TimeoutException", "too late", null, null, null),
        });
        Exists(new OrchestrationMetadata("Onboard", "ended")
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Terminated,
            SerializedOutput = "not wanted",
        });

        var failed = await _host.Client.GetFromJsonAsync<JsonObject>(Path("instances/failed"));
        var ended = await _host.Client.GetFromJsonAsync<JsonObject>(Path("instances/ended"));

        Assert.Equal(("System.TimeoutException: too late", "not wanted"), ($"{failed!["output"]}", $"{ended!["output"]}"));
    }

    [Fact]
    public async Task A_list_is_filtered_and_goes_on_page_by_page()
    {
        OrchestrationQuery? asked = null;
        _client.Setup(client => client.GetAllInstancesAsync(It.IsAny<OrchestrationQuery?>()))
            .Returns((OrchestrationQuery? query) =>
            {
                asked = query;
                return Pageable.Create<OrchestrationMetadata>((from, _, _) => Task.FromResult(new Page<OrchestrationMetadata>(
                    [new OrchestrationMetadata("Onboard", $"after {from}")], "next")));
            });
        var request = new HttpRequestMessage(HttpMethod.Get, Path(
            "instances?createdTimeFrom=2026-01-31T13:00:00%2B01:00&createdTimeTo=2026-02-01&runtimeStatus=Running,failed"
            + "&instanceIdPrefix=tenant.&top=1"));
        request.Headers.Add("x-ms-continuation-token", "here");

        using var answer = await _host.Client.SendAsync(request);

        var item = Assert.Single((await answer.Content.ReadFromJsonAsync<JsonArray>())!);
        Assert.Equal("after here", $"{item!["instanceId"]}");
        Assert.Equal(["next"], answer.Headers.GetValues("x-ms-continuation-token"));
        Assert.Equal((Created, new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)), (asked!.CreatedFrom, asked.CreatedTo));
        Assert.Equal([OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Failed], asked.Statuses!);
        Assert.Equal(("tenant.", 1, true), (asked.InstanceIdPrefix, asked.PageSize, asked.FetchInputsAndOutputs));
    }

    [Fact]
    public async Task The_last_page_has_no_continuation()
    {
        _client.Setup(client => client.GetAllInstancesAsync(It.IsAny<OrchestrationQuery?>()))
            .Returns(Pageable.Create<OrchestrationMetadata>((_, _) => Task.FromResult(new Page<OrchestrationMetadata>([]))));

        using var answer = await _host.Client.GetAsync(Path("instances"));

        Assert.Equal("[]", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("x-ms-continuation-token"));
    }

    [Theory]
    [InlineData("GET", "instances?runtimeStatus=Running,Odd", "'runtimeStatus' has 'Odd': give one or more of Running, Completed")]
    [InlineData("GET", "instances?runtimeStatus=1", "'runtimeStatus' has '1'")]
    [InlineData("GET", "instances?createdTimeFrom=yesterday", "'createdTimeFrom' is 'yesterday'")]
    [InlineData("GET", "instances?top=0", "'top' is '0'")]
    [InlineData("GET", "instances/tenant.foo?showInput=maybe", "'showInput' is 'maybe': give true or false")]
    [InlineData("DELETE", "instances", "'createdTimeFrom' is missing")]
    [InlineData("DELETE", "instances?createdTimeFrom=2026-01-31&runtimeStatus=Odd", "'runtimeStatus' has 'Odd'")]
    [InlineData("POST", "instances/tenant.foo/restart?restartWithNewInstanceId=2", "'restartWithNewInstanceId' is '2'")]
    public async Task A_query_that_cannot_be_read_is_refused_with_the_reason(string verb, string path, string reason) =>
        await AssertRefusedAsync(await SendAsync(verb, path), 400, reason);

    [Fact]
    public async Task An_ended_instance_is_purged()
    {
        Exists(OrchestrationRuntimeStatus.Completed);
        _client.Setup(client => client.PurgeInstanceAsync("tenant.foo", It.IsAny<PurgeInstanceOptions?>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new PurgeResult(1));

        using var answer = await SendAsync("DELETE", "instances/tenant.foo");

        Assert.Equal((HttpStatusCode.OK, """{"instancesDeleted":1}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData(3, 200, """{"instancesDeleted":3}""")]
    [InlineData(0, 404, "There is no ended instance that matches")]
    public async Task Many_instances_are_purged_by_age_and_status(int count, int code, string body)
    {
        _client.Setup(client => client.PurgeAllInstancesAsync(
                It.Is<PurgeInstancesFilter>(filter =>
                    filter.CreatedFrom == Created && filter.CreatedTo == null && filter.Statuses!.Single() == OrchestrationRuntimeStatus.Failed),
                It.IsAny<PurgeInstanceOptions?>(),
                It.IsAny<CancellationToken>()))
            .ReturnsAsync(new PurgeResult(count));

        using var answer = await SendAsync("DELETE", "instances?createdTimeFrom=2026-01-31T12:00:00Z&runtimeStatus=Failed");

        Assert.Equal(code, (int)answer.StatusCode);
        Assert.Contains(body, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "", OrchestrationRuntimeStatus.Running, 412)]
    [InlineData("POST", "/raiseEvent/approve", OrchestrationRuntimeStatus.Completed, 410)]
    [InlineData("POST", "/terminate", OrchestrationRuntimeStatus.Terminated, 410)]
    [InlineData("POST", "/suspend", OrchestrationRuntimeStatus.Failed, 410)]
    [InlineData("POST", "/suspend", OrchestrationRuntimeStatus.Suspended, 409)]
    [InlineData("POST", "/resume", OrchestrationRuntimeStatus.Completed, 410)]
    [InlineData("POST", "/resume", OrchestrationRuntimeStatus.Running, 409)]
    [InlineData("POST", "/rewind", OrchestrationRuntimeStatus.Completed, 412)]
    public async Task What_does_not_apply_to_an_instance_is_refused_with_its_status(
        string verb, string path, OrchestrationRuntimeStatus status, int code)
    {
        Exists(status);

        var answer = await SendAsync(verb, $"instances/tenant.foo{path}");

        await AssertRefusedAsync(answer, code, $"Instance 'tenant.foo' is {status}");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/raiseEvent/approve")]
    [InlineData("POST", "/terminate")]
    [InlineData("POST", "/suspend")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/rewind")]
    public async Task An_unknown_instance_is_not_found(string verb, string path) =>
        await AssertRefusedAsync(await SendAsync(verb, $"instances/nobody{path}"), 404, "There is no instance 'nobody'");

    [Theory]
    [InlineData("""{"by":"me"}""", """{"by":"me"}""")]
    [InlineData("", null)]
    public async Task An_event_is_raised_with_its_payload(string body, string? payload)
    {
        Exists(OrchestrationRuntimeStatus.Running);
        object? raised = "nothing";
        _client.Setup(client => client.RaiseEventAsync("tenant.foo", "approve", It.IsAny<object?>(), It.IsAny<CancellationToken>()))
            .Callback((string _, string _, object? value, CancellationToken _) => raised = value)
            .Returns(Task.CompletedTask);

        using var answer = await PostAsync("instances/tenant.foo/raiseEvent/approve", body);

        Assert.Equal((HttpStatusCode.Accepted, null), (answer.StatusCode, answer.Headers.Location));
        Assert.Equal(payload, (raised as JsonElement?)?.GetRawText());
        Assert.NotEqual("nothing", raised);
    }

    [Fact]
    public async Task An_event_whose_payload_is_not_json_is_refused()
    {
        Exists(OrchestrationRuntimeStatus.Running);

        await AssertRefusedAsync(await PostAsync("instances/tenant.foo/raiseEvent/approve", "yes"), 400, "The body is not JSON");
    }

    [Fact]
    public async Task Terminate_suspend_resume_and_rewind_pass_the_reason_on()
    {
        Exists(new OrchestrationMetadata("Onboard", "runs"));
        Exists(new OrchestrationMetadata("Onboard", "held") { RuntimeStatus = OrchestrationRuntimeStatus.Suspended });
        Exists(new OrchestrationMetadata("Onboard", "failed") { RuntimeStatus = OrchestrationRuntimeStatus.Failed });
        _client.Setup(client => client.TerminateInstanceAsync("runs", new TerminateInstanceOptions("why", false), It.IsAny<CancellationToken>()))
            .Returns(Task.CompletedTask).Verifiable();
        _client.Setup(client => client.SuspendInstanceAsync("runs", "why", It.IsAny<CancellationToken>())).Returns(Task.CompletedTask).Verifiable();
        _client.Setup(client => client.ResumeInstanceAsync("held", "why", It.IsAny<CancellationToken>())).Returns(Task.CompletedTask).Verifiable();
        _client.Setup(client => client.RewindInstanceAsync("failed", "why", It.IsAny<CancellationToken>())).Returns(Task.CompletedTask).Verifiable();

        foreach (var path in new[] { "runs/terminate", "runs/suspend", "held/resume", "failed/rewind" })
        {
            using var answer = await PostAsync($"instances/{path}?reason=why", "");
            Assert.Equal((HttpStatusCode.Accepted, null), (answer.StatusCode, answer.Headers.Location));
        }

        _client.Verify();
    }

    [Theory]
    [InlineData(StatusCode.NotFound, 404)]
    [InlineData(StatusCode.FailedPrecondition, 410)]
    [InlineData(StatusCode.Unknown, 409)]
    public async Task A_change_of_state_in_between_is_answered_like_one_before(StatusCode status, int code)
    {
        Exists(OrchestrationRuntimeStatus.Running);
        _client.Setup(client => client.SuspendInstanceAsync("tenant.foo", null, It.IsAny<CancellationToken>()))
            .ThrowsAsync(new RpcException(new Status(status, "too late")));

        await AssertRefusedAsync(await PostAsync("instances/tenant.foo/suspend", ""), code, "too late");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("?restartWithNewInstanceId=false", false)]
    public async Task A_restart_is_accepted_like_a_start(string query, bool withNewId)
    {
        _client.Setup(client => client.RestartAsync("tenant.foo", withNewId, It.IsAny<CancellationToken>())).ReturnsAsync("again");

        using var answer = await PostAsync($"instances/tenant.foo/restart{query}", "");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.EndsWith("/instances/again", $"{answer.Headers.Location}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(ArgumentException), 400)]
    [InlineData(typeof(InvalidOperationException), 409)]
    [InlineData(typeof(OrchestrationAlreadyExistsException), 409)]
    [InlineData(typeof(NotSupportedException), 501)]
    public async Task A_restart_that_cannot_be_is_refused_with_the_reason(Type exception, int code)
    {
        _client.Setup(client => client.RestartAsync("tenant.foo", true, It.IsAny<CancellationToken>()))
            .ThrowsAsync((Exception)Activator.CreateInstance(exception, "not now")!);

        await AssertRefusedAsync(await PostAsync("instances/tenant.foo/restart", ""), code, "not now");
    }

    [Theory]
    [InlineData("GET", "entities", 200)]
    [InlineData("GET", "entities/counter", 200)]
    [InlineData("GET", "entities/counter/1", 404)]
    [InlineData("POST", "entities/counter/1", 501)]
    [InlineData("PUT", "instances/tenant.foo", 404)]
    [InlineData("GET", "instances/tenant.foo/terminate", 404)]
    public async Task There_are_no_entities_and_no_other_verbs(string verb, string path, int code)
    {
        using var answer = await SendAsync(verb, path);

        Assert.Equal(code, (int)answer.StatusCode);
    }

    [Fact]
    public void Every_endpoint_needs_a_system_key() =>
        Assert.All(
            _host.Services.GetRequiredService<EndpointDataSource>().Endpoints,
            endpoint => Assert.Equal(new KeyRequirement(AuthorizationLevel.System, null), endpoint.Metadata.GetMetadata<KeyRequirement>()));

    private static string Path(string path) => $"/runtime/webhooks/durabletask/{path}";

    private static OrchestrationMetadata Instance(OrchestrationRuntimeStatus status) => new("Onboard", "tenant.foo")
    {
        RuntimeStatus = status,
        CreatedAt = Created,
        LastUpdatedAt = Created.AddSeconds(1.5),
        SerializedInput = """{"owner":"team-foo"}""",
        SerializedCustomStatus = "\"steps done\"",
        SerializedOutput = """{"phase":"Ready"}""",
    };

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, int code, string reason)
    {
        using (answer)
        {
            Assert.Equal(code, (int)answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains(reason, $"{(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]}", StringComparison.Ordinal);
        }
    }

    private void Exists(OrchestrationRuntimeStatus status) => Exists(Instance(status));

    private void Exists(OrchestrationMetadata metadata) =>
        _client.Setup(client => client.GetInstancesAsync(metadata.InstanceId, It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(metadata);

    private Moq.Language.Flow.ISetup<DurableTaskClient, Task<string>> Start() =>
        _client.Setup(client => client.ScheduleNewOrchestrationInstanceAsync(
            It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()));

    private Task<HttpResponseMessage> SendAsync(string verb, string path) =>
        _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(verb), Path(path)));

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        _host.Client.PostAsync(Path(path), new StringContent(body, Encoding.UTF8, "application/json"));
}
