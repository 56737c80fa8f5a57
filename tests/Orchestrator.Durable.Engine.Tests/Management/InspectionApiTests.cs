using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Management;
using Orchestrator.Durable.Engine.Store;
using Orchestrator.Durable.Engine.Tests.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Management;

/// <summary>What the management API has besides the genuine one, over the real engine.</summary>
public sealed class InspectionApiTests : IAsyncLifetime
{
    private readonly TemporaryStore store = new();
    private FunctionsHost host = null!;

    private DurableTaskClient Client => host.Services.GetRequiredService<DurableTaskClient>();

    public async Task InitializeAsync() => host = await FunctionsHost.StartAsync(
        services => services
            .AddSingleton(new DurableTaskRegistry().AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Approval")))
            .AddDurableEngine(engine => engine.StorePath = store.Path),
        app => app.MapDurableTaskApi());

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        store.Dispose();
    }

    [Fact]
    public async Task An_instance_tells_what_it_waits_for()
    {
        await StartAsync("w");

        var wait = await GetAsync("instances/w/wait");

        Assert.Equal(("w", "Wait", "Running"), ((string?)wait["instanceId"], (string?)wait["name"], (string?)wait["status"]));
        Assert.Equal("Approval", (string?)Assert.Single(wait["awaitedEvents"]!.AsArray()));
        Assert.Null(wait["problem"]);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, "instances/nobody/wait"));
    }

    [Fact]
    public async Task A_history_is_given_in_the_form_that_a_replay_reads()
    {
        await StartAsync("w");

        using var answer = await host.Client.GetAsync(Path("instances/w/history"));
        var history = HistoryFile.FromJson(await answer.Content.ReadAsStringAsync());

        Assert.Equal("w", history.InstanceId);
        Assert.Equal("Wait", Assert.Single(history.Events.OfType<ExecutionStarted>()).Name);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, "instances/nobody/history"));
    }

    [Fact]
    public async Task The_status_shows_the_history_when_it_is_asked_for()
    {
        await StartAsync("w");
        await Client.RaiseEventAsync("w", "Approval", "yes");
        await Expect.Within(Client.WaitForInstanceCompletionAsync("w"), "the end");

        var without = await GetAsync("instances/w");
        var events = (await GetAsync("instances/w?showHistory=true"))["historyEvents"]!.AsArray();
        var results = (await GetAsync("instances/w?showHistory=true&showHistoryOutput=true"))["historyEvents"]!.AsArray();

        Assert.Null(without["historyEvents"]);
        Assert.Equal(["ExecutionStarted", "EventRaised", "ExecutionCompleted"], events.Select(e => (string?)e!["EventType"]));
        Assert.Equal("Wait", (string?)events[0]!["FunctionName"]);
        Assert.Equal("Approval", (string?)events[1]!["Name"]);
        Assert.Equal("Completed", (string?)events[2]!["OrchestrationStatus"]);
        Assert.Null(events[2]!["Result"]);
        Assert.Equal(("yes", "yes"), ((string?)results[1]!["Input"], (string?)results[2]!["Result"]));
    }

    [Fact]
    public async Task A_quarantined_instance_is_listed_as_stuck_and_requeued()
    {
        await StartAsync("w");
        using (var operations = new StoreDatabase(store.Path, pooling: false).OpenWriter())
            operations.Execute("UPDATE instances SET quarantine = 'its code ends the process'");

        var stuck = Assert.Single((await GetAsync("stuck")).AsArray());
        Assert.Equal("It is quarantined: its code ends the process", (string?)stuck!["problem"]);
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(HttpMethod.Post, "instances/w/requeue"));

        Assert.Empty((await GetAsync("stuck")).AsArray());
        await Client.RaiseEventAsync("w", "Approval", "yes");
        Assert.Equal("yes", (await Expect.Within(Client.WaitForInstanceCompletionAsync("w", true), "the end")).ReadOutputAs<string>());
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(HttpMethod.Post, "instances/w/requeue"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Post, "instances/nobody/requeue"));
    }

    [Fact]
    public async Task A_backup_holds_what_was_committed_before_it()
    {
        await StartAsync("w");
        using var copy = new TemporaryStore();

        await File.WriteAllBytesAsync(copy.Path, await host.Client.GetByteArrayAsync(Path("backup")));

        var reader = new HistoryReader(copy.Path);
        Assert.Equal("Wait", reader.Find("w")!.Name);
        Assert.NotEmpty(reader.Events(reader.Find("w")!));
    }

    private async Task StartAsync(string id)
    {
        await Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions(id));
        await Expect.Within(Client.WaitForInstanceStartAsync(id), "the start");
    }

    private static string Path(string path) => $"{DurableTaskApi.BasePath}/{path}";

    private async Task<JsonNode> GetAsync(string path) => (await host.Client.GetFromJsonAsync<JsonNode>(Path(path)))!;

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path)
    {
        using var answer = await host.Client.SendAsync(new(method, Path(path)));
        return answer.StatusCode;
    }
}
