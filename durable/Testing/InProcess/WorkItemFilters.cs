using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Options;
using Filters = Microsoft.DurableTask.Worker.DurableTaskWorkerWorkItemFilters;

namespace Orchestrator.Durable.Testing;

/// <summary>Makes the work item filters of a worker of what is registered, and checks those that are given.</summary>
internal sealed class WorkItemFilters(IOptionsMonitor<DurableTaskRegistry> registries) : IValidateOptions<Filters>
{
    /// <summary>Fills filters with what is registered. Where versions must be equal, that of the worker is the only one.</summary>
    public static void Fill(Filters filters, DurableTaskRegistry registry, DurableTaskWorkerOptions options)
    {
        var only = options.Versioning is { MatchStrategy: DurableTaskWorkerOptions.VersionMatchStrategy.Strict } strict ? strict.Version : null;
        filters.Orchestrations =
            [.. Group(registry.OrchestratorKeys, only).Select(task => new Filters.OrchestrationFilter(task.Name, task.Versions))];
        filters.Activities = [.. Group(registry.ActivityKeys, only).Select(task => new Filters.ActivityFilter(task.Name, task.Versions))];
        filters.Entities = [.. registry.EntityNames.Select(name => new Filters.EntityFilter(name))];
    }

    public ValidateOptionsResult Validate(string? name, Filters options)
    {
        var registry = registries.Get(name);
        string[] unknown =
        [
            .. Missing("Orchestrations", options.Orchestrations.Select(filter => filter.Name), registry.OrchestratorKeys.Select(key => key.Name)),
            .. Missing("Activities", options.Activities.Select(filter => filter.Name), registry.ActivityKeys.Select(key => key.Name)),
            .. Missing("Entities", options.Entities.Select(filter => filter.Name), registry.EntityNames),
        ];
        var worker = string.IsNullOrEmpty(name) ? "<default>" : name;
        return unknown.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"The filters of worker '{worker}' name what is not registered. {string.Join(' ', unknown)}");
    }

    private static IEnumerable<(string Name, string[] Versions)> Group(IEnumerable<(TaskName Name, TaskVersion Version)> tasks, string? only) =>
        from task in tasks
        group task.Version.Version by task.Name into versions
        select (versions.Key.Name, only is not null ? [only] : Versions(versions));

    // A task without versions runs calls of any, which an empty list stands for.
    private static string[] Versions(IEnumerable<string> versions)
    {
        string[] all = [.. versions.Order(StringComparer.OrdinalIgnoreCase)];
        return all is [""] ? [] : all;
    }

    private static IEnumerable<string> Missing(string kind, IEnumerable<string> names, IEnumerable<TaskName> registered)
    {
        HashSet<TaskName> known = [.. registered];
        string[] missing = [.. names.Select(name => string.IsNullOrEmpty(name) ? "<empty>" : name).Where(name => !known.Contains(name))];
        return missing.Length == 0 ? [] : [$"{kind}: [{string.Join(", ", missing)}]"];
    }
}
