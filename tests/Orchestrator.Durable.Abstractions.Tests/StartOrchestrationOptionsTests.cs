using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class StartOrchestrationOptionsTests
{
    [Fact]
    public void Dedupe_statuses_are_added_to_a_copy_by_name()
    {
        var options = new StartOrchestrationOptions("tenant.foo") { Tags = new Dictionary<string, string> { ["by"] = "test" } };

        var deduped = options.WithDedupeStatuses(OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Pending);

        Assert.Equal(["Running", "Pending"], deduped.DedupeStatuses);
        Assert.Equal(("tenant.foo", "test"), (deduped.InstanceId, deduped.Tags["by"]));
        Assert.Null(options.DedupeStatuses);
    }

    [Fact]
    public void No_status_means_every_instance_is_replaced() =>
        Assert.Empty(new StartOrchestrationOptions().WithDedupeStatuses().DedupeStatuses!);

    [Fact]
    public void Every_status_but_continued_as_new_can_stand_in_the_way() =>
        Assert.Equal(
            Enum.GetValues<OrchestrationRuntimeStatus>().Where(status => (int)status != 2),
            StartOrchestrationOptionsExtensions.ValidDedupeStatuses.Order());
}
