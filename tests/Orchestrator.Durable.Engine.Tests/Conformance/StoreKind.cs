namespace Orchestrator.Durable.Engine.Tests;

/// <summary>Where the engine of a test keeps its state.</summary>
public enum StoreKind
{
    /// <summary>A SQLite file.</summary>
    File,

    /// <summary>A SQLite database in memory.</summary>
    Memory,
}
