namespace Orchestrator.Simulator.Store;

/// <summary>Identity of an object among those of its type; <see cref="Namespace"/> is empty for cluster-scoped ones.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    public int CompareTo(ObjectKey other) =>
        string.CompareOrdinal(Namespace, other.Namespace) is not 0 and var order ? order : string.CompareOrdinal(Name, other.Name);
}
