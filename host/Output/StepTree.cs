using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;
using Spectre.Console;

namespace Orchestrator.Host.Output;

/// <summary>A mesh or tenant with its steps as a tree.</summary>
internal static class StepTree
{
    /// <summary>A tenant, its gateway and its steps.</summary>
    public static Tree Of(TenantView view)
    {
        var tree = new Tree($"tenant [bold]{Words.Text(view.Tenant)}[/] on {Words.Text(view.Cluster)}  {Words.Phase(view.Phase)}");
        if (view.Gateway is { } gateway)
        {
            var ports = string.Join(", ", (gateway.Ports ?? []).Select(port => $"{port.Name} {port.Port}{(port.NodePort is { } node ? $" → {node}" : "")}"));
            tree.AddNode($"gateway {gateway.Mode}  {Words.Text(string.Join(", ", gateway.Addresses ?? []))}  {Words.Text(ports)}");
        }

        return Finish(tree, view.Steps, view.WaitingFor, view.Reason);
    }

    /// <summary>A mesh, its steps and findings.</summary>
    public static Tree Of(MeshView view)
    {
        var tree = new Tree($"mesh [bold]{Words.Text(view.Cluster)}[/]  {Words.Phase(view.Phase)}");
        if (view.Provider is not null)
        {
            tree.AddNode($"control plane {Words.Text(view.Provider)}, revision {Words.Text(view.Revision ?? "?")}{Words.Text(view.Version is null ? "" : $", Istio {view.Version}")}");
        }

        foreach (var finding in view.Findings ?? [])
        {
            tree.AddNode($"{finding.Severity}: {Words.Text(finding.Evidence)} {Words.Text(finding.Advice)}");
        }

        return Finish(tree, view.Steps, view.WaitingFor, view.Reason);
    }

    private static Tree Finish(Tree tree, IReadOnlyList<Step>? steps, WaitingFor? waiting, string? reason)
    {
        foreach (var step in steps ?? [])
        {
            var attempts = step.Attempts > 1 ? $" [grey]×{step.Attempts}[/]" : "";
            tree.AddNode($"{Words.Sign(step.Status)} {Words.Text(step.Name)}{attempts}  {Words.Text(step.Result)}  "
                + $"{Words.Took(step.StartedAt, step.FinishedAt)}  {Words.Text(step.Message)}".TrimEnd());
        }

        if (waiting is not null)
        {
            tree.AddNode($"[blue]{Words.Waiting(waiting)}[/]");
        }

        if (reason is not null)
        {
            tree.AddNode($"[red]{Words.Text(reason)}[/]");
        }

        return tree;
    }
}
