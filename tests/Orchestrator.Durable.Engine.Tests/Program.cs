using Orchestrator.Durable.Engine.Tests.Faults;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>What this assembly does as a program: it is the process that tests kill, and writes the conformance page.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) =>
        args is ["conformance-page", var page, var results] ? ConformancePage.Write(page, results) : await Victim.RunAsync(args);
}
