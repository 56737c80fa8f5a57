using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Orchestrator.Host.Hosting;

/// <summary>The two calls of the operating system that .NET does not offer. On Windows they do nothing.</summary>
internal static class Posix
{
    private const int Terminate = 15;

    /// <summary>Gives the process a session of its own, so that Ctrl-C in the terminal that started it does not reach it.</summary>
    public static void LeaveSession()
    {
        if (!OperatingSystem.IsWindows() && SetSession() < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "The process could not get a session of its own (setsid).");
        }
    }

    /// <summary>Asks a process to end (SIGTERM); one that has ended already is no error.</summary>
    public static void AskToEnd(int processId)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(processId, Terminate);
        }
    }

    [DllImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static extern int SetSession();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}
