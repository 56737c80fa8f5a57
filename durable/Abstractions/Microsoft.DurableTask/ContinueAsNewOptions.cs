namespace Microsoft.DurableTask;

/// <summary>Options of a restart of an orchestration with a new history.</summary>
public class ContinueAsNewOptions
{
    /// <summary>The input of the next generation.</summary>
    public object? NewInput { get; set; }

    /// <summary>Whether events that nobody has taken yet go to the next generation; default <c>true</c>.</summary>
    public bool PreserveUnprocessedEvents { get; set; } = true;

    /// <summary>The version of the next generation; <c>null</c>: as now.</summary>
    public string? NewVersion { get; set; }
}
