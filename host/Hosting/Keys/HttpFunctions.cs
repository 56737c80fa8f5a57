using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Orchestrator.Functions;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>The functions of the app that a key can open.</summary>
internal static class HttpFunctions
{
    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(OrchestratorServices).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters().Any(parameter =>
                parameter.GetCustomAttribute<HttpTriggerAttribute>() is { AuthLevel: not AuthorizationLevel.Anonymous }))
            .Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name)
            .OfType<string>()
            .Order(StringComparer.Ordinal),
    ];
}
