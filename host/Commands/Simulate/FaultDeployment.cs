using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate fault deployment NAMESPACE NAME</c></summary>
internal sealed class FaultDeployment : SimulatorCommand
{
    private readonly Argument<string> @namespace = new("namespace") { Description = "the Deployment's namespace" };
    private readonly Argument<string> name = new("name") { Description = "the Deployment's name" };
    private readonly Option<bool> clear = Clear("take the fault away");

    public FaultDeployment()
        : base("deployment", "Keep a Deployment's new pods from getting ready")
    {
        Add(@namespace);
        Add(name);
        Add(clear);
    }

    protected override (HttpMethod, string, JsonObject?) Request(ParseResult parsed)
    {
        var path = Path("faults", "deployments", parsed.GetRequiredValue(@namespace), parsed.GetRequiredValue(name));
        return parsed.GetValue(clear) ? (HttpMethod.Delete, path, null) : (HttpMethod.Put, path, new JsonObject { ["neverReady"] = true });
    }
}
