using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>A schedule sets the function off.</summary>
/// <param name="schedule">Six cron fields (seconds first), a time span, or <c>%Setting%</c>.</param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>The schedule.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>Whether occurrences survive a restart of the host; default <c>true</c>.</summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Whether it also runs when the host starts; default <c>false</c>.</summary>
    public bool RunOnStartup { get; set; }
}
