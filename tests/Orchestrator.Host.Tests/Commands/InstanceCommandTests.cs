using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Commands;

public sealed class InstanceCommandTests : IDisposable
{
    private const string Wait =
        """
        {
          "instanceId": "m", "name": "Main", "status": "Running", "startsAt": null,
          "activities":
          [{ "name": "EnsureNamespace", "taskId": 3, "scheduled": "2026-01-01T00:00:00Z", "attempt": { "number": 2, "lastFailure": "no route" } }],
          "timers": [{ "taskId": 4, "due": "2026-01-01T01:00:00Z", "nextAttempt": null }],
          "children": [], "awaitedEvents": ["approve", "approve"], "bufferedEvents": [], "problem": null
        }
        """;

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_instance_is_shown_with_what_it_waits_for()
    {
        await using var server = await FakeServer.StartAsync(request => request.PathAndQuery.EndsWith("/wait", StringComparison.Ordinal)
            ? Results.Text(Wait, "application/json")
            : Results.Json(new { instanceId = "m", name = "Main", runtimeStatus = "Running" }));

        var text = (await server.OrcAsync("instances", "get", "m")).Output;
        var json = JsonNode.Parse((await server.OrcAsync("instances", "get", "m", "-o", "json")).Output)!;

        Assert.Contains("waits for activity EnsureNamespace since 2026-01-01 00:00:00Z attempt 2, the last failed with: no route", text);
        Assert.Contains("waits until 2026-01-01 01:00:00Z", text);
        Assert.Contains("waits for event approve, 2 times", text);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Wait), json["wait"]));
    }

    [Fact]
    public async Task Stuck_instances_are_an_exit_code_of_one()
    {
        var stuck = new[] { new { instanceId = "m", name = "Main", problem = "It waits for nothing" } };
        await using var server = await FakeServer.StartAsync(_ => Results.Json(stuck));
        await using var healthy = await FakeServer.StartAsync(_ => Results.Json(Array.Empty<object>()));

        var result = await server.OrcAsync("instances", "stuck");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("It waits for nothing", result.Output);
        Assert.Equal(0, (await healthy.OrcAsync("instances", "stuck")).ExitCode);
    }

    [Theory]
    [InlineData("rewind", "/runtime/webhooks/durabletask/instances/a%20b/rewind?reason=mended")]
    [InlineData("restart", "/runtime/webhooks/durabletask/instances/a%20b/restart?reason=mended")]
    [InlineData("requeue", "/runtime/webhooks/durabletask/instances/a%20b/requeue?reason=mended")]
    public async Task A_verb_is_a_call_of_the_management_api(string verb, string path)
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Accepted());

        Assert.Equal(0, (await server.OrcAsync("instances", verb, "a b", "--reason", "mended")).ExitCode);

        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", path), (request.Method, request.PathAndQuery));
    }

    [Fact]
    public async Task A_backup_goes_into_a_new_file_and_never_over_another()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Bytes("SQLite"u8.ToArray()));
        var file = folder["backup.db"];

        Assert.Equal(0, (await server.OrcAsync("instances", "backup", file)).ExitCode);
        var again = await server.OrcAsync("instances", "backup", file);

        Assert.Equal("SQLite", await File.ReadAllTextAsync(file));
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("exists already", again.Error);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_history_of_code_that_did_something_else_is_shown_side_by_side()
    {
        const string History =
            """
            { "InstanceId": "mesh.default", "Events": [
              { "type": "OrchestratorStarted", "Timestamp": "2026-01-01T00:00:00Z" },
              { "type": "ExecutionStarted", "Name": "MeshOrchestrator", "ExecutionId": "e", "Timestamp": "2026-01-01T00:00:00Z",
                "Input": "{\"spec\":{}}" },
              { "type": "TaskScheduled", "TaskId": 0, "Name": "NoSuchActivity", "Timestamp": "2026-01-01T00:00:00Z" },
              { "type": "OrchestratorCompleted", "Timestamp": "2026-01-01T00:00:00Z" } ] }
            """;
        var file = folder["history.json"];
        await File.WriteAllTextAsync(file, History);

        var result = await Orc.RunAsync("instances", "replay", file);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("activity 'NoSuchActivity'", result.Output);
        Assert.Contains("not deterministic", result.Output);
    }

    [Fact]
    public async Task What_is_no_history_is_named()
    {
        var file = folder["spec.json"];
        await File.WriteAllTextAsync(file, "not json");
        var result = await Orc.RunAsync("instances", "replay", file);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is no history", result.Error);
    }
}
