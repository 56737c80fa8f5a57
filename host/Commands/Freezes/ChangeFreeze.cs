using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Api;

namespace Orchestrator.Host.Commands.Freezes;

/// <summary>What is said of a freeze: <c>orc freezes set|lift NAME</c>.</summary>
internal abstract class ChangeFreeze : ApiCommand
{
    private readonly Argument<string> name = new("name") { Description = "the freeze's name, e.g. incident-7" };
    private readonly Option<string> by = Parameters.By();
    private readonly Option<string?> reason = Parameters.Reason();
    private readonly HttpMethod method;
    private readonly string done;

    protected ChangeFreeze(string verb, string description, HttpMethod method, string done)
        : base(verb, description)
    {
        (this.method, this.done) = (method, done);
        Add(name);
        Add(by);
        Add(reason);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["by"] = call.Get(by), ["reason"] = call.Get(reason) };
        AddTo(body, call);
        foreach (var missing in body.Where(member => member.Value is null).Select(member => member.Key).ToArray())
        {
            body.Remove(missing);
        }

        var answer = await call.Api.SendAsync(method, OrchestratorApi.Path("freezes", call.Get(name)), body, cancellationToken);
        call.Show(answer, terminal => terminal.WriteLine($"{call.Get(name)}: {done}"));
        return Holds;
    }

    /// <summary>Adds to the body what only this verb says.</summary>
    protected virtual void AddTo(JsonObject body, Call call)
    {
    }
}

/// <summary><c>orc freezes set NAME --reason R [--from T] [--to T] [--time-zone Z]</c></summary>
internal sealed class SetFreeze : ChangeFreeze
{
    private readonly Option<string?> from = new("--from") { Description = "when it begins, e.g. 2026-12-24T12:00:00Z; default is now" };
    private readonly Option<string?> to = new("--to") { Description = "when it is over; default is when it is lifted" };
    private readonly Option<string?> timeZone = new("--time-zone") { Description = "the zone of times without Z or offset, e.g. Europe/Zurich" };

    public SetFreeze()
        : base("set", "Freeze everything: no canary gets more traffic, whatever is under way can be taken back", HttpMethod.Put, "frozen")
    {
        Add(from);
        Add(to);
        Add(timeZone);
    }

    protected override void AddTo(JsonObject body, Call call)
    {
        body["from"] = call.Get(from);
        body["to"] = call.Get(to);
        body["timeZone"] = call.Get(timeZone);
    }
}

/// <summary><c>orc freezes lift NAME</c></summary>
internal sealed class LiftFreeze() : ChangeFreeze("lift", "Lift a freeze: what waited for it goes on", HttpMethod.Delete, "lifted");
