namespace Microsoft.DurableTask.Testing;

/// <summary>How the engine in the host of a test is set up.</summary>
public class InMemoryDurableTaskOptions
{
    /// <summary>The port of the genuine engine; the one here needs none. Ignored.</summary>
    public int? Port { get; set; }
}
