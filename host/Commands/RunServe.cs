using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Orchestrator.Host.Hosting;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Input;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands;

/// <summary><c>orc serve</c>: the embedded host against real clusters.</summary>
internal sealed class RunServe : Command
{
    private readonly Option<string> urls = new("--urls") { Description = "where to listen; several separated by ;", DefaultValueFactory = _ => "http://127.0.0.1:7071" };
    private readonly Option<string> data = DataDirectory.CreateOption();
    private readonly Option<string?> kubeconfig = new("--kubeconfig") { Description = "kubeconfig of cluster 'default'" };
    private readonly Option<string?> context = new("--context") { Description = "context in it; default is its current one" };
    private readonly Option<string?> prometheus = new("--prometheus") { Description = "base address of the Prometheus that scrapes cluster 'default'" };

    public RunServe()
        : base("serve", "Run the orchestrator against real clusters; callers need the key in the file 'key' of the data directory")
    {
        Add(urls);
        Add(data);
        Add(kubeconfig);
        Add(context);
        Add(prometheus);
        SetAction((parsed, cancellationToken) => CommandErrors.GuardAsync(parsed, terminal => RunAsync(terminal, parsed, cancellationToken)));
    }

    private async Task<int> RunAsync(Terminal terminal, ParseResult parsed, CancellationToken cancellationToken)
    {
        var directory = parsed.GetRequiredValue(data);
        var listenAt = parsed.GetRequiredValue(urls);
        MasterKey.Ensure(directory);
        await using var app = EmbeddedHost.Build(new EmbeddedHostSettings
        {
            Urls = listenAt,
            DataDirectory = directory,
            AsksForKeys = true,
            Configuration = HostConfiguration.ForServe(
                Path.Combine(AppContext.BaseDirectory, "local.settings.json"),
                parsed.GetValue(kubeconfig) is { } file ? Path.GetFullPath(file) : null,
                parsed.GetValue(context),
                parsed.GetValue(prometheus)),
        });
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new InputException($"cannot serve {listenAt} from {directory}: {e.Message} Free it, or name another with --urls or --data.");
        }

        terminal.WriteLine($"orc serves {string.Join(", ", app.Urls)}; callers need the key in {MasterKey.PathIn(directory)}, or one of 'orc keys'.");
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
