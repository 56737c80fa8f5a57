using System.Diagnostics;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Simulation;

/// <summary>The simulated cluster as a process of its own: started where it does not run, found again where it does.</summary>
/// <param name="dataDirectory">Where it keeps its state.</param>
/// <param name="address">The loopback address of its API and its nodePorts.</param>
internal sealed class SimulatorProcess(string dataDirectory, string address)
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>One that was killed may not have let go of everything yet: who comes after it is started again, so many times at most.</summary>
    private const int MostStarts = 4;
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    /// <summary>What the simulator writes to its standard output and error.</summary>
    public string LogPath => Path.Combine(dataDirectory, "simulator.log");

    /// <summary>Returns when a simulator answers on the data directory.</summary>
    /// <exception cref="InputException">None answers in time.</exception>
    public async Task<SimulatorRecord> EnsureAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        Process? started = null;
        var starts = 0;
        try
        {
            while (TimeProvider.System.GetElapsedTime(began) < StartDeadline)
            {
                if (!SimulatorRecord.IsRunning(dataDirectory) && started is null or { HasExited: true })
                {
                    if (started is { ExitCode: not 0 and var code })
                    {
                        if (starts == MostStarts)
                        {
                            throw new InputException(
                                $"The simulated cluster ended with code {code}: {LastWords()} Its log is {LogPath}; './orc dev --reset' begins with an empty cluster.");
                        }

                        await Task.Delay(RestartPause, cancellationToken);
                    }

                    started?.Dispose();
                    (started, starts) = (Start(), starts + 1);
                }

                if (await FindAnsweringAsync(cancellationToken) is { } record)
                {
                    return record;
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }
        finally
        {
            started?.Dispose();
        }

        throw new InputException($"The simulated cluster does not answer. Its log is {LogPath}; './orc dev --reset' begins with an empty cluster.");
    }

    private async Task<SimulatorRecord?> FindAnsweringAsync(CancellationToken cancellationToken)
    {
        if (!SimulatorRecord.IsRunning(dataDirectory)
            || SimulatorRecord.Find(dataDirectory) is not { } record
            || !File.Exists(SimulatedCluster.KubeconfigPath(dataDirectory)))
        {
            return null;
        }

        using var cluster = SimulatedCluster.Open(dataDirectory);
        return await cluster.AnswersAsync(cancellationToken) ? record : null;
    }

    private string LastWords()
    {
        try
        {
            // Not where in the code: what.
            return File.ReadLines(LogPath)
                .LastOrDefault(line => !string.IsNullOrWhiteSpace(line) && !line.TrimStart().StartsWith("at ", StringComparison.Ordinal))?.Trim() ?? "it said nothing.";
        }
        catch (IOException)
        {
            return "its log cannot be read.";
        }
    }

    private Process Start() => DetachedProcess.Start(
        LogPath,
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) is "dotnet" ? path : "dotnet",
        typeof(SimulatorProcess).Assembly.Location,
        "simulate", "serve", "--data", dataDirectory, "--address", address, "--own-session");
}
