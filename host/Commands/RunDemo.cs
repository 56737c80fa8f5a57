using System.CommandLine;
using Orchestrator.Host.Demo;
using Orchestrator.Host.Simulation;

namespace Orchestrator.Host.Commands;

/// <summary><c>orc demo</c></summary>
internal sealed class RunDemo : ApiCommand
{
    private readonly Option<string> data = DataDirectory.CreateOption();

    public RunDemo()
        : base("demo", "Show the whole main job on a running 'orc dev'; it can be run again and again") => Add(data);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        using var cluster = SimulatedCluster.Open(call.Get(data)!);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var story = new DemoStory(new DemoClient(call.Api, cluster), http, cluster.Address, call.Terminal, TimeProvider.System);
        try
        {
            await story.RunAsync(cancellationToken);
            return Holds;
        }
        catch (DemoException e)
        {
            call.Terminal.WriteLine($"✗ {e.Message}");
            return DoesNotHold;
        }
    }
}
