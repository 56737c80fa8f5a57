using System.Globalization;
using Orchestrator.Domain;
using Spectre.Console;

namespace Orchestrator.Host.Output;

/// <summary>Single values as the tables and trees show them, escaped for markup.</summary>
internal static class Words
{
    /// <summary>A step's status as one coloured sign.</summary>
    public static string Sign(StepStatus status) => status switch
    {
        StepStatus.Pending => "[grey]·[/]",
        StepStatus.Running => "[blue]▶[/]",
        StepStatus.Done => "[green]✓[/]",
        StepStatus.Undone => "[yellow]↩[/]",
        StepStatus.UndoFailed or StepStatus.Failed => "[red]✗[/]",
        _ => "?",
    };

    /// <summary>A phase, coloured by whether it is good, bad or under way.</summary>
    public static string Phase<T>(T phase)
        where T : struct, Enum => phase.ToString() switch
        {
            "Ready" or "Promoted" or "Offboarded" => $"[green]{phase}[/]",
            "Failed" or "RolledBack" or "Degraded" => $"[red]{phase}[/]",
            "Aborted" or "Superseded" or "Absent" => $"[yellow]{phase}[/]",
            var word => $"[blue]{word}[/]",
        };

    /// <summary>Text from elsewhere; nothing when there is none.</summary>
    public static string Text(string? text) => text is null ? "" : Markup.Escape(text);

    /// <summary>How long a step took, or has taken until it ended.</summary>
    public static string Took(DateTime? from, DateTime? to) =>
        from is { } start && to is { } end ? string.Create(CultureInfo.InvariantCulture, $"[grey]{(end - start).TotalSeconds:0.0} s[/]") : "";

    /// <summary>What is waited for, and until when.</summary>
    public static string Waiting(WaitingFor? waiting) =>
        waiting is null ? "" : $"waiting for {Text(waiting.What)}, until {waiting.Until.ToString("u", CultureInfo.InvariantCulture)} at most";
}
