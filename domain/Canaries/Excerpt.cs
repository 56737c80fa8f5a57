using System.Text.Encodings.Web;

namespace Orchestrator.Domain.Canaries;

/// <summary>Texts that others wrote, short enough for a custom status.</summary>
public static class Excerpt
{
    private const int CostOfEscape = 6;

    /// <summary>The text, or its beginning: what fits <paramref name="length"/> characters, of which one that JSON escapes takes several.</summary>
    public static string Of(string text, int length)
    {
        var cost = 0;
        for (var at = 0; at < text.Length; at++)
        {
            cost += JavaScriptEncoder.Default.WillEncode(text[at]) ? CostOfEscape : 1;
            if (at >= length || cost > 2 * length)
            {
                return text[..at] + "…";
            }
        }

        return text;
    }
}
