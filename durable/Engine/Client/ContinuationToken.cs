using System.Globalization;

namespace Orchestrator.Durable.Engine.Client;

/// <summary>Where a listing goes on: after the key of the last row.</summary>
internal static class ContinuationToken
{
    public static string Format(long key) => key.ToString(CultureInfo.InvariantCulture);

    /// <exception cref="ArgumentException">The text is no token of ours.</exception>
    public static long Parse(string? token) => string.IsNullOrEmpty(token) ? 0
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key
        : throw new ArgumentException($"'{token}' is no continuation token of this store: take it from the page before.", nameof(token));
}
