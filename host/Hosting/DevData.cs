using Orchestrator.Host.Input;
using Orchestrator.Host.Simulation;

namespace Orchestrator.Host.Hosting;

/// <summary>The data directory of <c>orc dev</c>.</summary>
internal static class DevData
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    /// <summary>Stops the simulator and deletes all state.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="keep">A file that stays.</param>
    /// <param name="cancellationToken">Ends the wait for the simulator.</param>
    /// <exception cref="InputException">The directory holds what no <c>orc dev</c> put there: it is left alone.</exception>
    public static async Task ResetAsync(string directory, string keep, CancellationToken cancellationToken)
    {
        var entries = new DirectoryInfo(directory).GetFileSystemInfos().Where(entry => entry.Name != keep).ToArray();
        if (entries.Length > 0 && !File.Exists(SimulatedCluster.KubeconfigPath(directory)))
        {
            throw new InputException($"--reset: {directory} holds files but no kubeconfig of a simulated cluster; empty it yourself if it is the right folder.");
        }

        await SimulatorRecord.StopAsync(directory, StopPatience, cancellationToken);
        foreach (var entry in entries)
        {
            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
