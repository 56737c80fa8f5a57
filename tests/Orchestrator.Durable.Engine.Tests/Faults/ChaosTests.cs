using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.Store;
using Orchestrator.TestKit;
using Xunit.Abstractions;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class ChaosTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 100;
    private const int InFlight = 1000;
    private static readonly TimeSpan LastRun = TimeSpan.FromMinutes(10);
    private static readonly string[] Points = [.. CrashPoint.All.Except([CrashPoint.Migration])];

    private readonly TemporaryStore store = new();
    private readonly Dictionary<string, int> deaths = [];
    private readonly int seed = Random.Shared.Next();

    private Ledger Ledger => new(store.Path + ".ledger");

    public void Dispose() => store.Dispose();

    [SoakFact]
    [Scenario(1)]
    [Scenario(2)]
    [Scenario(3)]
    public async Task A_hundred_kills_with_a_thousand_instances_in_flight_lose_nothing()
    {
        var random = new Random(seed);
        var started = TimeProvider.System.GetTimestamp();
        var fewest = InFlight;
        for (var round = 0; round < Rounds; round++)
        {
            await DieAsync(random);
            var living = StoreAudit.Check(store.Path, Ledger.Read()).Count(IsEternal);
            Assert.True(living == InFlight || round < Rounds / 4, $"{living} in flight in round {round}");
            fewest = Math.Min(fewest, living);
        }

        await File.WriteAllTextAsync(ChaosRole.StopFile(Ledger.Path), "");
        await Victim.RunToEndAsync("chaos", store.Path, Ledger.Path, InFlight, LastRun);
        CheckEnd();
        var causes = deaths.OrderBy(death => death.Key).Select(death => $"{death.Value} {death.Key}");
        output.WriteLine(
            $"Chaos, seed {seed}, {TimeProvider.System.GetElapsedTime(started).TotalMinutes:N1} minutes: {Rounds} kills " +
            $"({string.Join(", ", causes)}), {InFlight} instances in flight " +
            $"(fewest while they were being started: {fewest}), {Figures()}");
    }

    /// <summary>One process: dies at an armed point, or is killed at a random moment, which may fall into its start.</summary>
    private async Task DieAsync(Random random)
    {
        var point = random.Next(2) == 0 ? Points[random.Next(Points.Length)] : null;
        var frequent = point is CrashPoint.BeforeCommit or CrashPoint.AfterCommit or CrashPoint.ActivityDone;
        using var victim = Victim.Start(
            "chaos", store.Path, Ledger.Path, InFlight, point is null ? null : $"{point}:{random.Next(1, frequent ? 300 : 30)}");
        var moment = Task.Delay(TimeSpan.FromSeconds(point is null ? random.NextDouble() * 5 : 20));
        var died = victim.WaitForExitAsync();
        var cause = await Task.WhenAny(died, moment) == died ? $"at {point}" : "at a random moment";
        victim.Kill();
        await Expect.Within(died, "the killed process to be gone");
        const int Killed = 128 + 9;
        Assert.Equal(Killed, victim.ExitCode);
        deaths[cause] = deaths.GetValueOrDefault(cause) + 1;
    }

    private static bool IsEternal(AuditedInstance instance) => instance.Row is { Name: "Eternal", IsTerminal: false };

    private void CheckEnd()
    {
        var effects = Ledger.Read();
        var instances = StoreAudit.Check(store.Path, effects);
        Assert.All(instances, instance => Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.Row.Status));
        var eternal = instances.Where(instance => instance.Row.Name == "Eternal").ToList();
        Assert.Equal(InFlight, eternal.Count);
        var expected = eternal.SelectMany(instance => Keys(instance.Row)).ToHashSet();
        Assert.Equal(expected, effects.Where(key => key.StartsWith("eternal", StringComparison.Ordinal)).ToHashSet());
        foreach (var collector in ChaosRole.Acknowledged(Ledger.Path).Read().GroupBy(key => key.Split(' ')[0]))
        {
            // All acknowledged events have arrived, in their order; others may have arrived unacknowledged.
            var arrived = effects.Where(key => key.StartsWith(collector.Key + " ", StringComparison.Ordinal)).Distinct();
            Assert.Equal(collector, arrived.Intersect(collector));
        }
    }

    private static IEnumerable<string> Keys(InstanceRow row) =>
        from round in Enumerable.Range(0, int.Parse(row.Output!) + 1)
        from step in Enumerable.Range(0, ChaosRole.Steps)
        select $"{row.Id} {round} {step}";

    private string Figures()
    {
        var effects = Ledger.Read();
        var activities = effects.Distinct().Count();
        return $"{effects.Count:N0} activity runs for {activities:N0} activities, {effects.Count - activities:N0} of them repeats with the same key, "
            + $"{ChaosRole.Acknowledged(Ledger.Path).Read().Count:N0} acknowledged events of which none was lost";
    }
}
