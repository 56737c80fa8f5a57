using System.CommandLine;

namespace Orchestrator.Host.Commands;

/// <summary>How a command answers.</summary>
internal enum OutputFormat { Text, Json }

/// <summary>A verb that asks a running orchestrator. Its exit code is 0 only if what was asked holds.</summary>
internal abstract class ApiCommand : Command
{
    protected const int Holds = 0;
    protected const int DoesNotHold = 1;

    private readonly ServerOptions server = new();
    private readonly Option<OutputFormat> output = new("--output", "-o")
    {
        Description = "text for people, or json: the server's answer and nothing else on standard output",
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    protected ApiCommand(string name, string description)
        : base(name, description)
    {
        server.AddTo(this);
        Add(output);
        SetAction((parsed, cancellationToken) => CommandErrors.GuardAsync(parsed, async terminal =>
        {
            using var api = server.Connect(parsed);
            return await RunAsync(new Call(parsed, api, terminal, parsed.GetValue(output) is OutputFormat.Json), cancellationToken);
        }));
    }

    /// <summary>Carries the command out and returns its exit code.</summary>
    protected abstract Task<int> RunAsync(Call call, CancellationToken cancellationToken);
}
