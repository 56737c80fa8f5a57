using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Store;

public sealed class BackupTests
{
    [Fact]
    public async Task A_copy_made_while_the_host_runs_goes_on_where_the_original_stood()
    {
        using var original = new TemporaryStore();
        using var copy = new TemporaryStore();
        await using (var host = await EngineHost.StartAsync(Register, original))
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
            await host.Started("w");
            host.Inspector.Backup(copy.Path);
            await host.Client.RaiseEventAsync("w", "E", "original");
            Assert.Equal("original", (await host.Completion("w")).ReadOutputAs<string>());
        }

        await using var restored = await EngineHost.StartAsync(Register, copy);
        await restored.Client.RaiseEventAsync("w", "E", "copy");
        Assert.Equal("copy", (await restored.Completion("w")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_file_that_exists_is_left_alone()
    {
        using var other = new TemporaryStore();
        await File.WriteAllTextAsync(other.Path, "precious");
        await using var host = await EngineHost.StartAsync(Register);
        var refused = Assert.Throws<StoreException>(() => host.Inspector.Backup(other.Path));
        Assert.Contains(other.Path, refused.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(other.Path));
    }

    private static void Register(DurableTaskRegistry tasks) =>
        tasks.AddOrchestratorFunc<string>("Wait", context => context.WaitForExternalEvent<string>("E"));
}
