using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Requests;
using Orchestrator.Host.Api;

namespace Orchestrator.Host.Commands.Canaries;

/// <summary><c>orc canaries link TENANT SERVICE approve|reject [--expires-in 1h]</c></summary>
internal sealed class LinkDecision : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Argument<string> service = Parameters.Service();
    private readonly Argument<string> verb = new("verb") { Description = "what whoever has the link decides: approve or reject" };
    private readonly Option<TimeSpan?> expiresIn = Parameters.Duration("--expires-in", "how long it can be used; default is 1h");
    private readonly Option<string> by = Parameters.By();
    private readonly Option<string?> reason = Parameters.Reason();

    public LinkDecision()
        : base("link", "Make a link that approves or rejects once, in your name, for whoever has it")
    {
        verb.AcceptOnlyFromAmong("approve", "reject");
        Add(tenant);
        Add(service);
        Add(verb);
        Add(expiresIn);
        Add(by);
        Add(reason);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["verb"] = call.Get(verb), ["by"] = call.Get(by) };
        if (call.Get(expiresIn) is { } lifetime)
        {
            body["expiresIn"] = Duration.Format(lifetime);
        }

        if (call.Get(reason) is { } why)
        {
            body["reason"] = why;
        }

        var path = OrchestratorApi.Path("tenants", call.Get(tenant), "canaries", call.Get(service), "links");
        var answer = await call.Api.SendAsync(HttpMethod.Post, path, body, cancellationToken);
        call.Show(answer, terminal => terminal.WriteLine((string)answer!["url"]!));
        return Holds;
    }
}
