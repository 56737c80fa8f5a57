using System.Diagnostics;

namespace Orchestrator.Host.Simulation;

/// <summary>A process that outlives the one that starts it.</summary>
internal static class DetachedProcess
{
    /// <summary>Starts a command whose output goes to a file: a pipe would break, and a terminal would be gone, when this process ends before it.</summary>
    /// <param name="log">The file; what stands in it stays.</param>
    /// <param name="command">The executable and its arguments.</param>
    public static Process Start(string log, params string[] command) => Process.Start(OperatingSystem.IsWindows()
        ? new ProcessStartInfo(command[0], command[1..]) { CreateNoWindow = true }
        : new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, .. command]))!;
}
