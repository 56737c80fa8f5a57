using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Requests;
using Orchestrator.Host.Api;

namespace Orchestrator.Host.Commands;

/// <summary><c>orc events</c></summary>
internal sealed class FollowEvents : ApiCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long the server may be away: a restart is not the end of what is followed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    private readonly Option<string?> tenant = new("--tenant") { Description = "only what changes of this tenant" };
    private readonly Option<TimeSpan?> since = Parameters.Duration("--since", $"how far back to begin; {Duration.Format(Recent)} by default, with -w from now on");
    private readonly Option<bool> watch = new("--watch", "-w") { Description = "go on until Ctrl-C" };

    public FollowEvents()
        : base("events", "Tell what changed of meshes, tenants and canaries: how each of them stood after it last did; with -w as it happens")
    {
        Add(tenant);
        Add(since);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var cursor = new EventCursor();
        HashSet<string> before = [];
        var answered = TimeProvider.System.GetTimestamp();
        do
        {
            // What was told shortly before a break is told again after it.
            HashSet<string> told = [];
            try
            {
                await foreach (var message in call.Api.EventsAsync(PathOf(call), cursor, cancellationToken))
                {
                    answered = TimeProvider.System.GetTimestamp();
                    var change = JsonNode.Parse(message)!;
                    if (told.Add((string)change["id"]!) && !before.Contains((string)change["id"]!))
                    {
                        call.Terminal.WriteLine(call.Json ? message : Line(change));
                    }
                }

                answered = TimeProvider.System.GetTimestamp();
            }
            catch (Exception e) when (call.Get(watch) && Absence.Is(e) && TimeProvider.System.GetElapsedTime(answered) < Patience)
            {
                // The next round goes on where this one broke off.
            }

            before = told;
            await (call.Get(watch) ? Task.Delay(Pause, cancellationToken) : Task.CompletedTask);
        }
        while (call.Get(watch));

        return Holds;
    }

    private string PathOf(Call call)
    {
        List<string> query = call.Get(watch) ? [] : ["follow=false"];
        if ((call.Get(since) ?? (call.Get(watch) ? null : Recent)) is { } back)
        {
            query.Add($"since={TimeProvider.System.GetUtcNow().UtcDateTime - back:O}");
        }

        if (call.Get(tenant) is { } name)
        {
            query.Add($"tenant={Uri.EscapeDataString(name)}");
        }

        return $"{OrchestratorApi.Path("events")}?{string.Join('&', query)}";
    }

    private static string Line(JsonNode change)
    {
        var view = change["data"];
        var weights = view?["weights"] is { } w ? $" {w["stable"]}/{w["canary"]}" : "";
        var why = view?["waitingFor"]?["what"] is { } what ? $"waiting for {what}" : $"{view?["reason"]}";
        var time = ((DateTimeOffset)change["time"]!).UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
        return $"{time}  {change["subject"]}  {view?["phase"]}{weights}  {why}".TrimEnd();
    }
}
