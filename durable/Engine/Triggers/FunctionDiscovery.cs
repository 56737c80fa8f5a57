using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.Triggers.Queues;
using Orchestrator.Durable.Engine.Triggers.Timers;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Finds the <c>[Function]</c> methods of assemblies, and everything about them that cannot be served.</summary>
internal sealed partial class FunctionDiscovery
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly TimeSpan _timeout;
    private readonly List<string> _problems = [];
    private readonly DurableTaskRegistry _registry = new();
    private readonly List<HttpFunction> _http = [];
    private readonly List<TimerFunction> _timers = [];
    private readonly List<QueueFunction> _queues = [];
    private readonly List<FunctionMethod> _methods = [];

    private FunctionDiscovery(TimeSpan timeout) => _timeout = timeout;

    /// <exception cref="FunctionDiscoveryException">Some function cannot be served; all problems of all functions are in it.</exception>
    internal static FunctionCatalog Find(HostJson hostJson, IEnumerable<Type> types)
    {
        var discovery = new FunctionDiscovery(hostJson.FunctionTimeout);
        var names = new Dictionary<string, MethodInfo>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in types.SelectMany(type => type.GetMethods(Declared)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is { Name: var name })
            {
                if (names.TryAdd(name, method))
                {
                    discovery.Add(name, method);
                }
                else
                {
                    discovery.Report(name, method, $"the name is taken by {MethodDefinition.EntryPointOf(names[name])}");
                }
            }
        }

        return discovery._problems.Count == 0
            ? new(discovery._registry, discovery._http, discovery._timers, discovery._queues, discovery._methods)
            : throw new FunctionDiscoveryException(discovery._problems);
    }

    private void Add(string name, MethodInfo method)
    {
        var triggers = method.GetParameters()
            .Select(parameter => (Parameter: parameter, Attribute: parameter.GetCustomAttribute<TriggerBindingAttribute>()!))
            .Where(trigger => trigger.Attribute is not null)
            .ToArray();
        if (!FunctionName.IsMatch(name))
        {
            Report(name, method, "the name must be 1 to 128 letters, digits, '_' or '-', a letter first");
        }
        else if (!method.IsPublic || method.IsGenericMethodDefinition || method.DeclaringType!.IsGenericTypeDefinition)
        {
            Report(name, method, "the method must be public and, like its class, not generic");
        }
        else if (triggers is not [var (parameter, trigger)])
        {
            Report(name, method, triggers.Length == 0
                ? "no parameter has a trigger, such as [HttpTrigger] or [ActivityTrigger]"
                : $"parameters {string.Join(" and ", triggers.Select(each => $"'{each.Parameter.Name}'"))} are both triggers; a function has one");
        }
        else
        {
            Add(name, method, parameter, trigger);
        }
    }

    private void Add(string name, MethodInfo method, ParameterInfo parameter, TriggerBindingAttribute trigger)
    {
        switch (trigger)
        {
            case OrchestrationTriggerAttribute { Orchestration: var orchestration }:
                AddOrchestrator(name, orchestration, method, parameter);
                break;
            case ActivityTriggerAttribute { Activity: var activity }:
                if (Bind(name, method, ParameterBinding.ForActivity) is { } activityMethod)
                {
                    var inputType = parameter.ParameterType == typeof(FunctionContext) ? typeof(object) : parameter.ParameterType;
                    _registry.AddActivity(activity ?? name, services => new MethodActivity(activityMethod, inputType, _timeout, services));
                }

                break;
            case HttpTriggerAttribute http:
                if (IsRoute(name, method, http.Route) && Bind(name, method, ParameterBinding.ForHttp) is { } httpMethod)
                {
                    _http.Add(new(httpMethod, http));
                }

                break;
            case TimerTriggerAttribute timer:
                if (IsSchedule(name, method, timer.Schedule) && Bind(name, method, ParameterBinding.ForTimer) is { } timerMethod)
                {
                    _timers.Add(new(timerMethod, timer));
                }

                break;
            case QueueTriggerAttribute queue:
                if (Bind(name, method, ParameterBinding.ForQueue) is { } queueMethod)
                {
                    _queues.Add(new(queueMethod, queue, QueueMessageReader.Of(method)));
                }

                break;
            default:
                Report(name, method, parameter, $"[{trigger.GetType().Name}] is a trigger that the embedded host does not know");
                break;
        }
    }

    private void AddOrchestrator(string name, string? orchestration, MethodInfo method, ParameterInfo context)
    {
        var others = method.GetParameters().Where(parameter => parameter != context).ToArray();
        var before = _problems.Count;
        if (context.ParameterType != typeof(TaskOrchestrationContext))
        {
            Report(name, method, context, $"[OrchestrationTrigger] belongs on a {nameof(TaskOrchestrationContext)}");
        }

        foreach (var extra in others.Skip(1))
        {
            Report(name, method, extra, $"an orchestrator takes its context and at most one input, which is '{others[0].Name}'");
        }

        foreach (var service in others.Take(1).Where(parameter => ParameterBinding.IsOfTheHost(parameter.ParameterType)))
        {
            Report(name, method, service, "an orchestrator gets nothing of the host, because it would differ between replays");
        }

        if (!method.IsStatic && method.DeclaringType!.GetConstructor(Type.EmptyTypes) is null)
        {
            Report(name, method, "its class needs a constructor without parameters: an orchestrator gets no services, because I/O is not replayed");
        }

        if (_problems.Count == before)
        {
            var orchestrator = new MethodOrchestrator(method, context, others.FirstOrDefault());
            _registry.AddOrchestrator(orchestration ?? name, orchestrator);
        }
    }

    private FunctionMethod? Bind(string name, MethodInfo method, Func<ParameterInfo, ParameterBinder?> bind)
    {
        var binders = method.GetParameters().Select(parameter => (Parameter: parameter, Bind: bind(parameter))).ToArray();
        foreach (var (parameter, _) in binders.Where(each => each.Bind is null))
        {
            Report(name, method, parameter, "nothing binds it");
        }

        if (!method.IsStatic && (method.DeclaringType!.IsAbstract || method.DeclaringType.GetConstructors().Length != 1))
        {
            Report(name, method, "its class must be one that can be made, with one public constructor");
            return null;
        }

        if (binders.Any(each => each.Bind is null))
        {
            return null;
        }

        var bound = new FunctionMethod(name, method, [.. binders.Select(each => each.Bind!)]);
        _methods.Add(bound);
        return bound;
    }

    private bool IsRoute(string name, MethodInfo method, string? route)
    {
        try
        {
            RoutePatternFactory.Parse(route ?? name);
            return true;
        }
        catch (RoutePatternException e)
        {
            Report(name, method, $"its route '{route}' is no route template: {e.Message}");
            return false;
        }
    }

    private bool IsSchedule(string name, MethodInfo method, string schedule)
    {
        try
        {
            // What refers to a setting is read at the start.
            _ = schedule.Contains('%', StringComparison.Ordinal) ? null : TimerSchedule.Parse(schedule, TimeZoneInfo.Utc);
            return true;
        }
        catch (FormatException e)
        {
            Report(name, method, e.Message.TrimEnd('.'));
            return false;
        }
    }

    private void Report(string name, MethodInfo method, ParameterInfo parameter, string problem) =>
        Report(name, method, $"parameter '{parameter.Name}' of type {parameter.ParameterType.Name}: {problem}");

    private void Report(string name, MethodInfo method, string problem) =>
        _problems.Add($"Function '{name}' ({MethodDefinition.EntryPointOf(method)}): {problem}.");

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_-]{0,127}$")]
    private static partial Regex FunctionName { get; }
}
