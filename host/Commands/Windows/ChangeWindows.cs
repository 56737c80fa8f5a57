using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Commands.Windows;

/// <summary>What is said of the windows of everything: <c>orc windows set|lift</c>.</summary>
internal abstract class ChangeWindows : ApiCommand
{
    private readonly Option<string> by = Parameters.By();
    private readonly Option<string?> reason = Parameters.Reason();
    private readonly HttpMethod method;
    private readonly string done;

    protected ChangeWindows(string verb, string description, HttpMethod method, string done)
        : base(verb, description)
    {
        (this.method, this.done) = (method, done);
        Add(by);
        Add(reason);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var body = await BodyAsync(call, cancellationToken);
        body["by"] = call.Get(by);
        if (call.Get(reason) is { } why)
        {
            body["reason"] = why;
        }

        var answer = await call.Api.SendAsync(method, OrchestratorApi.Path("windows"), body, cancellationToken);
        call.Show(answer, terminal => terminal.WriteLine(done));
        return Holds;
    }

    /// <summary>What only this verb says.</summary>
    protected virtual Task<JsonObject> BodyAsync(Call call, CancellationToken cancellationToken) => Task.FromResult(new JsonObject());
}

/// <summary><c>orc windows set -f FILE [--reason R]</c></summary>
internal sealed class SetWindows : ChangeWindows
{
    private readonly Option<string> file = Parameters.File("an object with 'windows'");

    public SetWindows()
        : base("set", "Say when canaries may get more traffic, whosever they are; windows that were set before go", HttpMethod.Put, "set") => Add(file);

    protected override async Task<JsonObject> BodyAsync(Call call, CancellationToken cancellationToken) =>
        await call.ReadSpecAsync(file, cancellationToken) as JsonObject ?? throw new InputException($"-f {call.Get(file)}: expected an object with 'windows'.");
}

/// <summary><c>orc windows lift [--reason R]</c></summary>
internal sealed class LiftWindows() : ChangeWindows("lift", "Let canaries get more traffic at any time again; windows of tenants, services and canaries stay", HttpMethod.Delete, "lifted");
