using System.Diagnostics;

namespace Orchestrator.Simulator.Tests.Api;

/// <summary>Runs the real kubectl against a cluster, with a cache directory of its own.</summary>
public sealed class Kubectl(SimulatorServer server) : IDisposable
{
    private readonly TemporaryDirectory cache = new();

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => System.IO.Path.Combine(directory, "kubectl")).FirstOrDefault(File.Exists);

    public void Dispose() => cache.Dispose();

    /// <summary>Runs a command to its end.</summary>
    public async Task<(int Exit, string Output, string Error)> RunAsync(string? input, params string[] arguments)
    {
        using var process = Start(arguments);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Runs a command that must succeed; answers what it prints.</summary>
    public async Task<string> OutputAsync(string? input, params string[] arguments)
    {
        var (exit, output, error) = await RunAsync(input, arguments);
        Assert.True(exit == 0, $"kubectl {string.Join(' ', arguments)} exits {exit}: {error}{output}");
        return output;
    }

    /// <summary>Starts a command that the caller ends.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path ?? throw new InvalidOperationException("There is no kubectl in PATH."), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = server.KubeconfigPath;
        start.Environment["HOME"] = cache.Path;
        return Process.Start(start)!;
    }
}
