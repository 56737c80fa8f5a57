using System.CommandLine;

namespace Orchestrator.Host.Commands;

/// <summary>The folder where the host and the simulated cluster keep their state.</summary>
internal static class DataDirectory
{
    /// <summary><c>ORC_DATA</c>, which the script <c>./orc</c> sets to <c>.orc</c> in the repository; otherwise <c>.orc</c> in the current directory.</summary>
    public static string Default => Path.GetFullPath(Environment.GetEnvironmentVariable("ORC_DATA") is { Length: > 0 } path ? path : ".orc");

    /// <summary>The option <c>--data</c>.</summary>
    public static Option<string> CreateOption() => new("--data")
    {
        Description = "folder of all state: the engine's store, the simulated cluster, its kubeconfig [env ORC_DATA]",
        DefaultValueFactory = _ => Default,
        CustomParser = result => Path.GetFullPath(result.Tokens.Single().Value),
    };
}
