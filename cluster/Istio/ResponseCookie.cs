using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>The cookie that a destination of a VirtualService sets in its answers: pure.</summary>
internal static class ResponseCookie
{
    private static readonly string[] Path = ["headers", "response", "add"];

    /// <summary>Has the answers of a destination set the split's cookie.</summary>
    /// <exception cref="TrafficException">They set another one already.</exception>
    public static void Add(JsonObject entry, TrafficSplit split)
    {
        if (split.SessionInForce is not { } session)
        {
            return;
        }

        var at = entry;
        foreach (var member in Path)
        {
            if (at[member] is not JsonObject inner)
            {
                at[member] = inner = [];
            }

            at = inner;
        }

        if (at.ContainsKey(SessionCookie.Header))
        {
            throw new TrafficException(
                $"VirtualService {split.Namespace}/{split.Rule}: the answers of {split.Stable} set a cookie by 'headers.response.add' already. "
                + "Leave it to the product, or leave 'sessionAffinity' out.");
        }

        at[SessionCookie.Header] = session.ToString();
    }

    /// <summary>Takes the split's cookie away, and what was there for it alone.</summary>
    public static void Remove(JsonObject entry, TrafficSplit split)
    {
        if (split.Session is { } session
            && entry.At(Path) is JsonObject added
            && added.Text(SessionCookie.Header)?.StartsWith(SessionCookie.Prefix(session.Match.Name), StringComparison.Ordinal) is true)
        {
            added.Remove(SessionCookie.Header);
            for (var depth = Path.Length; depth > 0 && entry.At(Path[..depth]) is JsonObject { Count: 0 }; depth--)
            {
                entry.At(Path[..(depth - 1)])!.AsObject().Remove(Path[depth - 1]);
            }
        }
    }
}
