using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Simulation;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary>A verb that asks a simulated cluster by its <c>/simulator</c> API and prints its answer as JSON.</summary>
internal abstract class SimulatorCommand : Command
{
    private readonly Option<string> data = DataDirectory.CreateOption();

    protected SimulatorCommand(string name, string description)
        : base(name, description)
    {
        Add(data);
        SetAction((parsed, cancellationToken) => CommandErrors.GuardAsync(parsed, async terminal =>
        {
            using var cluster = SimulatedCluster.Open(parsed.GetRequiredValue(data));
            var (method, path, body) = Request(parsed);
            if (await cluster.SendAsync(method, path, body, cancellationToken) is { } answer)
            {
                terminal.WriteJson(answer);
            }

            return 0;
        }));
    }

    /// <summary>The request that the command line asks for.</summary>
    protected abstract (HttpMethod Method, string Path, JsonObject? Body) Request(ParseResult parsed);

    /// <summary>A path below <c>/simulator</c> from raw segments; each is escaped.</summary>
    protected static string Path(params IEnumerable<string> segments) => $"/simulator/{string.Join('/', segments.Select(Uri.EscapeDataString))}";

    protected static Option<bool> Clear(string what) => new("--clear") { Description = what };

    protected static int? Milliseconds(TimeSpan? duration) => duration is { } value ? checked((int)value.TotalMilliseconds) : null;

    /// <summary>An object of the members that have a value.</summary>
    protected static JsonObject Members(params IEnumerable<(string Name, JsonNode? Value)> members) =>
        new(members.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Name, member.Value)));
}
