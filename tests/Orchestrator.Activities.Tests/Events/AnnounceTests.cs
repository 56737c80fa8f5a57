using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Orchestrator.Activities.Events;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Fakes;

namespace Orchestrator.Activities.Tests.Events;

public sealed class AnnounceTests
{
    private static readonly EventToAnnounce Promoted = new(
        new("default", "foo", "Service", "hello", "CanaryPromoted", IsWarning: false, "v2 has 100 % of the requests"),
        "orchestrator.canary.foo.hello.1.x",
        new DateTime(2026, 11, 30, 9, 0, 0, 123, DateTimeKind.Utc));

    private readonly FakeCluster cluster = new();

    private readonly CountReader counts = new();

    private Task RunAsync(EventToAnnounce input) =>
        new Announce(cluster, counts.Counts, NullLogger<Announce>.Instance).RunAsync(input, new Mock<FunctionContext>().Object);

    [Fact]
    public async Task The_end_of_a_run_is_counted_whether_the_cluster_takes_the_Event_or_not()
    {
        cluster.Resources.OnCall = _ => throw FakeResources.Refusal(HttpStatusCode.Forbidden, "Forbidden", "no");
        await RunAsync(Promoted with { Announcement = Promoted.Announcement with { End = CanaryPhase.Promoted } });
        await RunAsync(Promoted with { Announcement = Promoted.Announcement with { Reason = "CanaryPaused" } });

        Assert.Equal(["orchestrator.canary.runs.ended phase=Promoted 1"], counts.Read());
    }

    [Fact]
    public async Task An_Event_stands_in_the_namespace_once_however_often_it_is_announced()
    {
        await RunAsync(Promoted);
        await RunAsync(Promoted);

        var written = Assert.Single(await cluster.Resources.ListAsync(ResourceType.Event, "foo", null, default));
        Assert.Equal(
            ("Service", "hello", "foo", "CanaryPromoted", "Normal", "orchestrator", "2026-11-30T09:00:00Z"),
            (written.Text("involvedObject", "kind"), written.Text("involvedObject", "name"), written.Text("involvedObject", "namespace"), written.Text("reason"),
                written.Text("type"), written.Text("source", "component"), written.Text("lastTimestamp")));
    }

    [Fact]
    public async Task What_keeps_it_from_being_written_is_nobodys_trouble()
    {
        cluster.Resources.OnCall = _ => throw FakeResources.Refusal(HttpStatusCode.Forbidden, "Forbidden", "no");
        await RunAsync(Promoted);

        await RunAsync(Promoted with { Announcement = Promoted.Announcement with { Cluster = "mars" } });

        cluster.Resources.OnCall = _ => throw new HttpRequestException("nobody there");
        await RunAsync(Promoted);
    }
}
