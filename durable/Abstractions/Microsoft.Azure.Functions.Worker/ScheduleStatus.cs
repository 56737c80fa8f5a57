namespace Microsoft.Azure.Functions.Worker;

/// <summary>Where a schedule stands.</summary>
public class ScheduleStatus
{
    /// <summary>The last occurrence.</summary>
    public DateTime Last { get; set; }

    /// <summary>The next occurrence.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this was written.</summary>
    public DateTime LastUpdated { get; set; }
}
