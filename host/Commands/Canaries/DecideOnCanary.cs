using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Canaries;

/// <summary>A decision on a running canary: <c>orc canaries approve|reject|pause|resume|undo|abort TENANT SERVICE</c>.</summary>
internal class DecideOnCanary : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Argument<string> service = Parameters.Service();
    private readonly Option<string?> reason = Parameters.Reason();
    private readonly Option<bool> watch = Parameters.Watch();
    private readonly Option<string> by = Parameters.By();
    private readonly Option<string?> revision = new("--revision")
    {
        Description = "the candidate's version that is meant; refused when another one runs",
    };

    private readonly CanaryPhase[] goodEnds;

    /// <param name="verb">The verb, as in the API's path.</param>
    /// <param name="description">What it does.</param>
    /// <param name="goodEnds">With <c>-w</c>: the ends that are what was asked for.</param>
    public DecideOnCanary(string verb, string description, params CanaryPhase[] goodEnds)
        : base(verb, description)
    {
        this.goodEnds = goodEnds;
        Add(tenant);
        Add(service);
        Add(by);
        Add(reason);
        Add(revision);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = OrchestratorApi.Path("tenants", call.Get(tenant), "canaries", call.Get(service));
        var body = new JsonObject { ["by"] = call.Get(by), ["reason"] = call.Get(reason), ["revision"] = call.Get(revision) };
        foreach (var name in body.Where(member => member.Value is null).Select(member => member.Key).ToArray())
        {
            body.Remove(name);
        }

        var answer = await call.Api.SendAsync(HttpMethod.Post, $"{path}/{Name}{Query(call)}", body, cancellationToken);
        if (call.Get(watch))
        {
            var end = await call.WatchAsync<CanaryView>(path, CanaryRuns.HasEnded, CanaryTree.Of, cancellationToken);
            return end is not null && goodEnds.Contains(end.Phase) ? Holds : DoesNotHold;
        }

        call.Show(answer, terminal => terminal.WriteLine($"{Name}: accepted"));
        return Holds;
    }

    /// <summary>The query of the call, with its question mark.</summary>
    protected virtual string Query(Call call) => "";
}

/// <summary><c>orc canaries promote TENANT SERVICE [--full] [--force]</c></summary>
internal sealed class PromoteCanary : DecideOnCanary
{
    private readonly Option<bool> full = new("--full") { Description = "skip all steps that are left" };
    private readonly Option<bool> force = new("--force") { Description = "heed no window and no freeze; needs --reason" };

    public PromoteCanary()
        : base("promote", "Go on to the next step without waiting, or to the end", CanaryPhase.Promoted)
    {
        Add(full);
        Add(force);
    }

    protected override string Query(Call call) => (call.Get(full), call.Get(force)) switch
    {
        (false, false) => "",
        (true, false) => "?full=true",
        (false, true) => "?force=true",
        _ => "?full=true&force=true",
    };
}

/// <summary><c>orc canaries retry TENANT SERVICE [--from-step N]</c></summary>
internal sealed class RetryCanary : DecideOnCanary
{
    private readonly Option<int?> fromStep = new("--from-step") { Description = "the step to begin at, counted from 1; default is the first" };

    public RetryCanary()
        : base("retry", "Run a canary again that did not come to its promotion", CanaryPhase.Promoted) => Add(fromStep);

    protected override string Query(Call call) => call.Get(fromStep) is { } step ? $"?fromStep={step}" : "";
}
