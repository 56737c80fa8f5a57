using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.Replay;

namespace Orchestrator.Durable.Engine.Tests.Engine;

// The expected ids are computed by another program, for each name:
// python3 -c "import uuid; print(uuid.uuid5(uuid.UUID('9e952958-5e33-4daf-827f-2fa12937b875'), 'm_2026-01-01T00:00:00.0000000Z_0'))"
[Section("NewGuid")]
public sealed class NewGuidTests
{
    [Theory, EachStore]
    public async Task An_id_is_the_version_5_uuid_of_instance_time_and_a_counter_that_each_replay_begins_anew(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<Guid[]>("Main", async context =>
        {
            var (first, second) = (context.NewGuid(), context.NewGuid());
            await context.WaitForExternalEvent<object>("E");
            return [first, second, context.NewGuid()];
        }));
        await host.Begin("Main", "m");
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.Client.RaiseEventAsync("m", "E");
        Assert.Equal(
            [
                Guid.Parse("912fd7ba-fef1-54ed-8e95-5966ab58c7d4"),
                Guid.Parse("9a892426-c40f-55d6-b8bb-f08d941ec2cc"),
                Guid.Parse("8f1fb6ca-dd9f-5332-bf88-00e7ed730a2b"),
            ],
            (await host.Completion("m")).ReadOutputAs<Guid[]>()!);
    }

    [Theory, EachStore]
    public async Task A_child_without_a_name_gets_such_an_id_and_uses_up_the_counter(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string[]>("Main", async context =>
            {
                var first = context.CallSubOrchestratorAsync<string>("Child");
                var between = context.NewGuid();
                return [await first, between.ToString("N"), await context.CallSubOrchestratorAsync<string>("Child")];
            })
            .AddOrchestratorFunc("Child", context => context.InstanceId));
        Assert.Equal(
            ["912fd7bafef154ed8e955966ab58c7d4", "9a892426c40f55d6b8bbf08d941ec2cc", "53066101351b58ad98f96054406c7c3a"],
            (await host.Run("Main", id: "m")).ReadOutputAs<string[]>()!);
    }

    [Fact]
    public void Name_based_ids_are_those_that_any_RFC_9562_library_makes() =>
        // python3 -c "import uuid; print(uuid.uuid5(uuid.UUID('9e952958-5e33-4daf-827f-2fa12937b875'), 'abc_0'))"
        Assert.Equal(Guid.Parse("8b4e93f4-3608-5bee-8838-528214b31d0d"), NameBasedGuid.Create("abc_0"));
}
