namespace Microsoft.DurableTask;

/// <summary>The version of an orchestrator or activity; compared without regard to case.</summary>
public readonly struct TaskVersion : IEquatable<TaskVersion>
{
    /// <summary>No version, equal to <c>default</c>.</summary>
    public static readonly TaskVersion Unversioned;

    private readonly string? _version;

    /// <summary>Makes a version.</summary>
    /// <param name="version">The version; <c>null</c> or empty: none.</param>
    /// <exception cref="ArgumentException">The version is made of spaces only.</exception>
    public TaskVersion(string? version)
    {
        if (!string.IsNullOrEmpty(version))
            ArgumentException.ThrowIfNullOrWhiteSpace(version);
        _version = version;
    }

    /// <summary>The version; empty when there is none, never <c>null</c>.</summary>
    public string Version => _version ?? string.Empty;

    /// <summary>The version as text.</summary>
    /// <param name="value">The version.</param>
    public static implicit operator string(TaskVersion value) => value.Version;

    /// <summary>A version of a text.</summary>
    /// <param name="value">The text; <c>null</c> or empty: no version.</param>
    public static implicit operator TaskVersion(string? value) => new(value);

    /// <summary>Whether two versions are the same text.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    public static bool operator ==(TaskVersion a, TaskVersion b) => a.Equals(b);

    /// <summary>Whether two versions differ as text.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    public static bool operator !=(TaskVersion a, TaskVersion b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(TaskVersion other) => string.Equals(Version, other.Version, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TaskVersion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Version);
}
