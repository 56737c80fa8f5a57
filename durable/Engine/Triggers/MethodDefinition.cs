using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>A function that is a method.</summary>
internal sealed class MethodDefinition(string name, MethodInfo method) : FunctionDefinition
{
    public override string PathToAssembly { get; } = method.Module.Assembly.Location;

    public override string EntryPoint { get; } = EntryPointOf(method);

    // Names are unique in an app, so that an id of their own would say nothing more.
    public override string Id => Name;

    public override string Name { get; } = name;

    internal static string EntryPointOf(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
