using System.Diagnostics;
using System.Text.Json;
using Orchestrator.Host.Hosting;

namespace Orchestrator.Host.Simulation;

/// <summary>What a running simulator leaves in its data directory, so that others find it.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Metrics">The base address of its metrics.</param>
internal sealed record SimulatorRecord(int ProcessId, Uri Metrics)
{
    private const string LockName = "simulator.lock";
    private const string FileName = "simulator.json";

    /// <summary>Takes the data directory for this process; null when a simulator has it.</summary>
    public static DirectoryLock? TryTake(string dataDirectory) => DirectoryLock.TryTake(dataDirectory, LockName);

    /// <summary>Whether a simulator runs on a data directory. A process id alone does not tell: it may be another process's by now.</summary>
    public static bool IsRunning(string dataDirectory) => DirectoryLock.IsHeld(dataDirectory, LockName);

    /// <summary>What the simulator that runs, or ran last, wrote; null when there is nothing readable.</summary>
    public static SimulatorRecord? Find(string dataDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize<SimulatorRecord>(File.ReadAllText(Path.Combine(dataDirectory, FileName)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Deletes what a simulator left that ran before.</summary>
    public static void Delete(string dataDirectory) => File.Delete(Path.Combine(dataDirectory, FileName));

    /// <summary>Writes the record, whole or not at all.</summary>
    public void Write(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Asks the simulator to end and waits for it; kills it when it does not.</summary>
    /// <param name="dataDirectory">Its data directory.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task StopAsync(string dataDirectory, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!IsRunning(dataDirectory) || Find(dataDirectory) is not { } record)
        {
            return;
        }

        Posix.AskToEnd(record.ProcessId);
        var asked = TimeProvider.System.GetTimestamp();
        while (IsRunning(dataDirectory) && TimeProvider.System.GetElapsedTime(asked) < patience)
        {
            await Task.Delay(50, cancellationToken);
        }

        if (IsRunning(dataDirectory))
        {
            using var process = Process.GetProcessById(record.ProcessId);
            process.Kill();
        }
    }
}
