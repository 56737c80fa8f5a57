using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Keys;

/// <summary>A verb on the keys in a data directory; it needs no server, and a running one hears of it by itself.</summary>
internal abstract class KeyCommand : Command
{
    private readonly Option<string> data = DataDirectory.CreateOption();
    private readonly Option<OutputFormat> output = new("--output", "-o")
    {
        Description = "text for people, or json and nothing else on standard output",
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    protected KeyCommand(string name, string description)
        : base(name, description)
    {
        Add(data);
        Add(output);
        SetAction((parsed, _) => CommandErrors.GuardAsync(parsed, terminal =>
        {
            Run(new(parsed, parsed.GetRequiredValue(data), terminal, parsed.GetValue(output) is OutputFormat.Json));
            return Task.FromResult(0);
        }));
    }

    /// <summary>Carries the command out.</summary>
    protected abstract void Run(KeyCall call);
}

/// <summary>One invocation of a verb on keys.</summary>
internal sealed record KeyCall(ParseResult Parsed, string Data, Terminal Terminal, bool Json)
{
    public static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>Shows a value that was made just now: on standard output alone, so that it can go into a file or a secret.</summary>
    public void ShowOnce(KeyScope scope, string name, string value)
    {
        if (Json)
        {
            Terminal.WriteJson(new JsonObject { ["scope"] = $"{scope}", ["name"] = name, ["value"] = value });
            return;
        }

        Say($"The {scope} key '{name}'; keep it, it is not shown again:");
        Terminal.WriteLine(value);
    }

    /// <summary>Says something to people.</summary>
    public void Say(string text) => Terminal.Error.Profile.Out.Writer.WriteLine(text);
}
