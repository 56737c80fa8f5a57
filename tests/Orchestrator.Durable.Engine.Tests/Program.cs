using Orchestrator.Durable.Engine.Tests.Faults;
using Orchestrator.Durable.Engine.Tests.Management;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>What this assembly does as a program: it is the process that tests kill, and writes pages of the documentation.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["conformance-page", var page, var results] => ConformancePage.Write(page, results),
        ["management-page", var page] => ManagementPage.Write(page),
        _ => await Victim.RunAsync(args),
    };
}
