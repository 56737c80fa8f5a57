using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Activities.Canaries;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Functions.Canaries;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests;

/// <summary>Histories of earlier versions, each in a folder of its version: today's code must still do what they say.</summary>
public sealed class KeptHistoriesTests
{
    private static readonly DurableTaskRegistry Today = new ServiceCollection()
        .AddFunctions(new HostJson(), typeof(CanaryApi).Assembly, typeof(ShiftTraffic).Assembly)
        .BuildServiceProvider()
        .GetRequiredService<DurableTaskRegistry>();

    private static IReadOnlyList<string> Files { get; } =
        [.. Repository.Files("tests/Orchestrator.Functions.Tests/Histories", "*.json").Select(file => Path.GetRelativePath(Repository.Root, file))];

    public static TheoryData<string> Histories() => [.. Files];

    [Theory]
    [MemberData(nameof(Histories))]
    public void An_instance_that_an_earlier_version_began_goes_on_in_todays_code(string file)
    {
        var report = HistoryCheck.Run(Today, Read(file));
        Assert.True(report.Difference is null, $"{file}: {report.Difference?.Message}");
        Assert.NotNull(report.Orchestrator);
    }

    [Fact]
    public void Every_orchestrator_of_the_app_has_a_kept_history()
    {
        var kept = Files.Select(file => Read(file).Events.OfType<ExecutionStarted>().First().Name).Distinct().Order();
        Assert.Equal(Today.GetOrchestrators().Select(orchestrator => orchestrator.Key.Name).Order(), kept);
    }

    private static HistoryFile Read(string file) => HistoryFile.FromJson(File.ReadAllText(Repository.PathOf(file)));
}
