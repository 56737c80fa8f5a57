namespace Microsoft.DurableTask.Worker;

/// <summary>What a worker takes on, of each kind; an empty list: everything of this kind. What it leaves out waits for another worker.</summary>
public class DurableTaskWorkerWorkItemFilters
{
    /// <summary>The orchestrations.</summary>
    public IReadOnlyList<OrchestrationFilter> Orchestrations { get; set; } = [];

    /// <summary>The activities.</summary>
    public IReadOnlyList<ActivityFilter> Activities { get; set; } = [];

    /// <summary>The entities. The embedded host has none; ignored.</summary>
    public IReadOnlyList<EntityFilter> Entities { get; set; } = [];

    internal bool TakesOrchestration(string name, string version) =>
        Orchestrations.Count == 0 || Orchestrations.Any(filter => Matches(filter.Name, filter.Versions, name, version));

    internal bool TakesActivity(string name, string version) =>
        Activities.Count == 0 || Activities.Any(filter => Matches(filter.Name, filter.Versions, name, version));

    private static bool Matches(string wantedName, IReadOnlyList<string> wantedVersions, string name, string version) =>
        string.Equals(wantedName, name, StringComparison.OrdinalIgnoreCase)
        && (wantedVersions.Count == 0 || wantedVersions.Contains(version, StringComparer.OrdinalIgnoreCase));

    /// <summary>Orchestrations of a name.</summary>
    public struct OrchestrationFilter
    {
        /// <summary>Makes an entry.</summary>
        /// <param name="name">The name.</param>
        /// <param name="versions">The versions; <c>null</c> or empty: all.</param>
        public OrchestrationFilter(string name, IReadOnlyList<string>? versions)
        {
            Name = name;
            Versions = versions ?? [];
        }

        /// <summary>Makes an entry to be filled.</summary>
        public OrchestrationFilter()
            : this(string.Empty, null)
        {
        }

        /// <summary>The name.</summary>
        public string Name { get; init; }

        /// <summary>The versions; empty: all.</summary>
        public IReadOnlyList<string> Versions { get; init; }
    }

    /// <summary>Activities of a name.</summary>
    public struct ActivityFilter
    {
        /// <summary>Makes an entry.</summary>
        /// <param name="name">The name.</param>
        /// <param name="versions">The versions; <c>null</c> or empty: all.</param>
        public ActivityFilter(string name, IReadOnlyList<string>? versions)
        {
            Name = name;
            Versions = versions ?? [];
        }

        /// <summary>Makes an entry to be filled.</summary>
        public ActivityFilter()
            : this(string.Empty, null)
        {
        }

        /// <summary>The name.</summary>
        public string Name { get; init; }

        /// <summary>The versions; empty: all.</summary>
        public IReadOnlyList<string> Versions { get; init; }
    }

    /// <summary>Entities of a name.</summary>
    public struct EntityFilter
    {
        /// <summary>Makes an entry.</summary>
        /// <param name="name">The name.</param>
        public EntityFilter(string name) => Name = name;

        /// <summary>Makes an entry to be filled.</summary>
        public EntityFilter()
            : this(string.Empty)
        {
        }

        /// <summary>The name.</summary>
        public string Name { get; init; }
    }
}
