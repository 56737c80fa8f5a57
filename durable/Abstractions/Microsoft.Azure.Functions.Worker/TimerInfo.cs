namespace Microsoft.Azure.Functions.Worker;

/// <summary>One occurrence of a schedule.</summary>
public class TimerInfo
{
    /// <summary>Where the schedule stands; <c>null</c> when it is not kept.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether it comes later than it should.</summary>
    public bool IsPastDue { get; set; }
}
