namespace Orchestrator.Durable.Engine;

/// <summary>How the version of an instance must relate to that of the deployed code for the instance to run.</summary>
public enum VersionMatch
{
    /// <summary>Not at all.</summary>
    Any,

    /// <summary>They are the same.</summary>
    Same,

    /// <summary>That of the instance is the same or comes before; none comes before any.</summary>
    SameOrOlder,
}
