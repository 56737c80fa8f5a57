using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Entities")]
public sealed class EntityTests
{
    [Theory, EachStore]
    public async Task Entities_are_refused_in_the_code_and_at_the_client(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Main", context => context.Entities.ToString()));
        Assert.Equal("System.NotSupportedException", (await host.Run("Main")).FailureDetails!.ErrorType);
        Assert.Throws<NotSupportedException>(() => host.Client.Entities);
    }
}
