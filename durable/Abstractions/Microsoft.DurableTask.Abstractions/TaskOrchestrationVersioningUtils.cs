namespace Microsoft.DurableTask.Abstractions;

/// <summary>The order of versions.</summary>
public static class TaskOrchestrationVersioningUtils
{
    /// <summary>
    /// Compares two versions: none before any; as numbers (<see cref="Version"/>) where both are; else as text without regard to case.
    /// </summary>
    /// <param name="sourceVersion">One version.</param>
    /// <param name="otherVersion">The other.</param>
    /// <returns>Below 0, 0 or above 0 as <paramref name="sourceVersion"/> comes before, is, or comes after the other.</returns>
    public static int CompareVersions(string sourceVersion, string otherVersion) =>
        (string.IsNullOrWhiteSpace(sourceVersion), string.IsNullOrWhiteSpace(otherVersion)) switch
        {
            (true, true) => 0,
            (true, false) => -1,
            (false, true) => 1,
            _ => Version.TryParse(sourceVersion, out var source) && Version.TryParse(otherVersion, out var other)
                ? source.CompareTo(other)
                : string.Compare(sourceVersion, otherVersion, StringComparison.OrdinalIgnoreCase),
        };
}
