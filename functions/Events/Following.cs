namespace Orchestrator.Functions.Events;

/// <summary>What somebody who follows was told already: finds the news in each look, and in what the changed instances show.</summary>
/// <param name="since">From where on everything is news; null: from the first look on.</param>
internal sealed class Following(EventPosition? since)
{
    /// <summary>How much is told again after a break: changes are dated before they can be seen, by clocks of several machines.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, string> shown = [];
    private IReadOnlyDictionary<string, DateTimeOffset>? seen;

    /// <summary>The instances that went on since the last look, the earliest first.</summary>
    public IReadOnlyList<string> News(Look look)
    {
        var news = look.Changed
            .Where(instance => seen is null ? instance.Value + Overlap >= since?.At : seen.GetValueOrDefault(instance.Key) != instance.Value)
            .OrderBy(instance => instance.Value)
            .Select(instance => instance.Key)
            .ToList();
        seen = look.Changed;
        return news;
    }

    /// <summary>Whether a change shows something else than the last one of its instance did; an instance goes on more often than it shows.</summary>
    public bool IsNew(Change change)
    {
        var (instance, view) = (change.Position.InstanceId!, change.View.GetRawText());
        var isNew = shown.GetValueOrDefault(instance) != view;
        shown[instance] = view;
        return isNew;
    }
}
