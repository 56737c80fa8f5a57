using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Tests.Events;

public sealed class RunCountsTests
{
    private readonly CountReader counts = new();

    private static Reading Value(double value) => new(ReadingState.Value, value, default, "q");

    private void Sample(string metric, Reading reading, double requests = 100) => counts.Counts.Sampled(
        new() { MinRequests = 20 }, [new(metric, Max: 5) { Query = "q", MinRequests = 1 }], new(default, 10, Value(requests), Value(1), new Dictionary<string, Reading> { [metric] = reading }));

    [Fact]
    public void Samples_are_counted_by_what_they_say()
    {
        Sample("lag", Value(1));
        Sample("lag", Value(1));
        Sample("lag", Value(9));
        Sample("lag", Value(9), requests: 0);
        Sample("lag", new(ReadingState.Unavailable, null, default, "q", "no answer"));

        Assert.Equal(
            [
                "orchestrator.canary.samples metric=lag verdict=error 1", "orchestrator.canary.samples metric=lag verdict=failed 1", "orchestrator.canary.samples metric=lag verdict=inconclusive 1",
                "orchestrator.canary.samples metric=lag verdict=passed 2",
            ],
            counts.Read());
    }

    [Fact]
    public void However_many_names_there_are_there_are_few_series()
    {
        for (var n = 0; n < 300; n++)
        {
            Sample($"m{n}", Value(1));
            Sample($"m{n}", Value(9));
        }

        Assert.Equal(2 * 101, counts.Read().Count());
        Assert.Contains("orchestrator.canary.samples metric=other verdict=failed 200", counts.Read());
        Assert.Contains("orchestrator.canary.samples metric=m7 verdict=passed 1", counts.Read());
    }
}
