using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>Orchestrators for tests of what a client can do with an instance.</summary>
internal static class SimpleTasks
{
    public static Task<EngineHost> StartAsync(StoreKind store) => EngineHost.StartAsync(store, Register);

    /// <summary><c>Done</c> returns its name, <c>Parent</c> calls it, <c>Wait</c> returns event <c>E</c>, <c>Break</c> throws.</summary>
    public static void Register(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc("Done", context => context.Name.Name)
        .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Done"))
        .AddOrchestratorFunc("Break", _ => throw new InvalidOperationException("broken"))
        .AddOrchestratorFunc<string>("Wait", context => context.WaitForExternalEvent<string>("E"));
}
