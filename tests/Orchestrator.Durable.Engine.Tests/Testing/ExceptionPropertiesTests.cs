using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Durable.Engine.Tests.Testing;

public sealed class ExceptionPropertiesTests
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task They_stay_with_the_failure_from_the_activity_through_the_child_to_the_client()
    {
        await using var host = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Main", context => context.CallSubOrchestratorAsync("Child"))
            .AddOrchestratorFunc("Child", context => context.CallActivityAsync("Work"))
            .AddActivityFunc("Work", (TaskActivityContext _) => throw new InvalidOperationException("outer", new OrderException(Facts()))));
        var ended = await host.Run("Main");
        var activity = ended.FailureDetails!.InnerFailure!.InnerFailure!;
        Assert.Equal("System.InvalidOperationException", activity.ErrorType);
        Assert.Null(activity.Properties);
        var kept = activity.InnerFailure!.Properties!;
        Assert.Equal(("text", true, 7.0, 2.5), (kept["text"], kept["truth"], kept["int"], kept["decimal"]));
        Assert.Null(kept["nothing"]);
        Assert.Equal(Noon, kept["time"]);
        Assert.Equal(DateTimeKind.Utc, Assert.IsType<DateTime>(kept["time"]).Kind);
        Assert.Equal(new DateTimeOffset(Noon).ToOffset(TimeSpan.FromHours(2)), kept["offset"]);
        Assert.Equal(["a", 1.0, null], Assert.IsAssignableFrom<IList<object?>>(kept["list"]));
        Assert.Equal(Noon, Assert.IsAssignableFrom<IDictionary<string, object?>>(kept["members"])["time"]);
        Assert.Equal("1.2.3", kept["other"]);
        Assert.Equal("NaN", kept["no number"]);
    }

    [Fact]
    public async Task An_orchestrator_has_them_too()
    {
        await using var host = await StartAsync(tasks => tasks.AddOrchestratorFunc("Main", _ => throw new OrderException(new() { ["id"] = 7 })));
        Assert.Equal(7.0, (await host.Run("Main")).FailureDetails!.Properties!["id"]);
    }

    private static Task<Microsoft.DurableTask.Testing.DurableTaskTestHost> StartAsync(Action<DurableTaskRegistry> tasks) =>
        TestHosts.StartAsync(tasks, services: services => services.AddSingleton<IExceptionPropertiesProvider, OrderProperties>());

    private static Dictionary<string, object?> Facts() => new()
    {
        ["text"] = "text",
        ["truth"] = true,
        ["int"] = 7,
        ["decimal"] = 2.5m,
        ["nothing"] = null,
        ["time"] = Noon,
        ["offset"] = new DateTimeOffset(Noon).ToOffset(TimeSpan.FromHours(2)),
        ["list"] = new List<object?> { "a", 1L, null },
        ["members"] = new Dictionary<string, object?> { ["time"] = Noon },
        ["other"] = new Version(1, 2, 3),
        ["no number"] = double.NaN,
    };

    private sealed class OrderException(Dictionary<string, object?> facts) : Exception("refused")
    {
        public Dictionary<string, object?> Facts => facts;
    }

    private sealed class OrderProperties : IExceptionPropertiesProvider
    {
        public IDictionary<string, object?>? GetExceptionProperties(Exception exception) => (exception as OrderException)?.Facts;
    }
}
