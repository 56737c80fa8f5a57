using Orchestrator.TestKit;

namespace Orchestrator.EndToEnd.Tests;

public sealed class DemoTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_demo_holds_to_the_letter_and_can_be_told_again()
    {
        await using var dev = await DevEnvironment.StartAsync();

        for (var telling = 1; telling <= 2; telling++)
        {
            await using var demo = dev.StartDemo();
            AssertHeld(dev, await demo.WaitForExitAsync(Deadline));
        }

        await dev.InterruptAsync();
        HistoryAudit.Check(dev.StorePath);
    }

    /// <summary>The demo's result, whatever happened while it ran.</summary>
    internal static void AssertHeld(DevEnvironment dev, ProcessResult demo)
    {
        Assert.True(demo.ExitCode == 0, $"{demo.Output}\n{demo.Error}\n--- host ---\n{dev.Host.Output}");
        Assert.Equal(
            [
                $"curl http://{dev.Address}:32180/foo/hello Hello Foo 0.0.1",
                $"curl -H 'version:v0-0-2' http://{dev.Address}:32180/foo/hello Hello Foo 0.0.2",
                $"curl http://{dev.Address}:32280/bar/hello Hello Bar 0.0.1",
                $"curl -H 'version:v0-0-2' http://{dev.Address}:32280/bar/hello Hello Bar 0.0.2",
            ],
            from line in demo.Output.Split('\n')
            let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            where words is ["curl", ..]
            select string.Join(' ', words));
        Assert.Contains("a good version of echo is ramped up and promoted", demo.Output);
        Assert.Contains("a bad version of echo is rolled back by itself", demo.Output);
        Assert.Contains("VirtualService and DestinationRule are as before", demo.Output);
    }
}
