using Orchestrator.TestKit;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests;

/// <summary>SIGKILL at random moments of the demo, each followed by a restart: the result is the same.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>What is killed.</summary>
    public enum Victim
    {
        Host,
        Simulator,
        Both,
    }

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);

    /// <summary>Long enough to come back after a kill.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    /// <summary>About as long as a demo takes that nobody disturbs, so that the kills are spread over the whole of it.</summary>
    private static readonly TimeSpan Demo = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData(Victim.Host)]
    [InlineData(Victim.Simulator)]
    [InlineData(Victim.Both)]
    public Task A_demo_whose_processes_are_killed_ends_as_if_nothing_had_happened(Victim victim) => RunAsync(_ => victim, kills: 4);

    [SoakFact]
    public async Task Many_demos_whose_processes_are_killed_end_as_if_nothing_had_happened()
    {
        for (var round = 0; round < 10; round++)
        {
            await RunAsync(random => (Victim)random.Next(3), kills: 10);
        }
    }

    private async Task RunAsync(Func<Random, Victim> choose, int kills)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"{DateTime.UtcNow:HH:mm:ss} random seed {seed}");
        var random = new Random(seed);
        await using var dev = await DevEnvironment.StartAsync();
        await using var demo = dev.StartDemo();
        for (var kill = 0; kill < kills; kill++)
        {
            // A random moment is the point here, not a wait for something.
            await Task.Delay(LeastPause + 2 * (Demo / kills - LeastPause) * random.NextDouble());
            if (demo.HasExited)
            {
                break;
            }

            var victim = choose(random);
            output.WriteLine($"{DateTime.UtcNow:HH:mm:ss} kill {kill + 1}: {victim}");
            if (victim is not Victim.Host)
            {
                dev.KillSimulator();
            }

            if (victim is not Victim.Simulator)
            {
                await dev.KillHostAsync();
                await dev.StartHostAsync();
            }
        }

        DemoTests.AssertHeld(dev, await demo.WaitForExitAsync(Deadline));
        await dev.InterruptAsync();
        var (instances, events) = HistoryAudit.Check(dev.StorePath);
        output.WriteLine($"{DateTime.UtcNow:HH:mm:ss} held; {instances} histories with {events} events are sound");
    }
}
