using System.Globalization;
using Orchestrator.Domain.Canaries;
using Spectre.Console;

namespace Orchestrator.Host.Output;

/// <summary>A canary run as a tree: versions, weights, the step it is at, its analysis and decisions.</summary>
internal static class CanaryTree
{
    private const int BarWidth = 30;

    public static Tree Of(CanaryView view)
    {
        var tree = new Tree($"canary [bold]{Words.Text(view.Tenant)}/{Words.Text(view.Service)}[/]  "
            + $"{Words.Text(view.Stable ?? "?")} → {Words.Text(view.Candidate)}  {Words.Phase(view.Phase)}");
        if (view.Step is { } step)
        {
            tree.AddNode($"step {step.Index} of {step.Total}: {Words.Text(step.Kind)}");
        }

        if (view.Weights is { } weights)
        {
            var share = view.Observed is { } observed ? string.Create(CultureInfo.InvariantCulture, $"  [grey]observed {observed.CanaryShare:P1}[/]") : "";
            tree.AddNode($"{Bar(weights.Canary)} {weights.Stable}/{weights.Canary}{share}");
        }

        if (view.Propagation is { State: PropagationState.Unproven, What: var why })
        {
            tree.AddNode($"[yellow]routes unproven: {Words.Text(why ?? "")}[/]");
        }

        foreach (var metric in view.Analysis ?? [])
        {
            var last = metric.Last is { } value ? value.ToString("0.###", CultureInfo.InvariantCulture) : "no value";
            var node = tree.AddNode($"{VerdictSign(metric.Verdict)} {Words.Text(metric.Metric)} {last} ({Words.Text(metric.Threshold)}), "
                + $"{metric.Failures} of {metric.Samples} samples failed{Counts(metric)}");
            if (metric.Error is not null)
            {
                node.AddNode($"[yellow]{Words.Text(metric.Error)}[/]");
            }
        }

        foreach (var decision in view.Decisions ?? [])
        {
            tree.AddNode($"{Words.Text(decision.Verb)} by {Words.Text(decision.Who)} at {decision.At:u} {Words.Text(decision.Reason)}".TrimEnd());
        }

        if (view.WaitingFor is not null)
        {
            tree.AddNode($"[blue]{Words.Waiting(view.WaitingFor)}[/]");
        }

        if (view.Reason is not null)
        {
            tree.AddNode(view.Phase is CanaryPhase.Promoted ? Words.Text(view.Reason) : $"[yellow]{Words.Text(view.Reason)}[/]");
        }

        return tree;
    }

    /// <summary>A run that is over, with how it divided the traffic and what is left of the samples that it did not keep one by one.</summary>
    public static Tree Of(CanaryRecord record)
    {
        var tree = Of(record.View);
        foreach (var change in record.Weights ?? [])
        {
            var step = change.Step is { } index ? $" at step {index}" : "";
            tree.AddNode($"{change.At:u}{step}: {change.Weight} %{(change.Preview ? ", preview" : "")}{(change.Mirror > 0 ? $", copies of {change.Mirror} %" : "")}");
        }

        if (record.Dropped is { } dropped)
        {
            tree.AddNode($"[grey]{dropped.Sum(summary => summary.Count)} more readings are summed up: -o json shows them[/]");
        }

        return tree;
    }

    private static string Counts(MetricView metric) =>
        (metric.Inconclusive > 0 ? $", {metric.Inconclusive} inconclusive" : "")
        + (metric.Errors > 0 ? $", {metric.Errors} without an answer" : "")
        + (metric.DryRun ? " [grey](dry run)[/]" : "");

    private static string Bar(int canary)
    {
        var filled = Math.Clamp(canary * BarWidth / 100, 0, BarWidth);
        return $"[blue]{new string('█', filled)}[/][grey]{new string('░', BarWidth - filled)}[/]";
    }

    private static string VerdictSign(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "[green]✓[/]",
        Verdict.Failed => "[red]✗[/]",
        _ => "[grey]?[/]",
    };
}
