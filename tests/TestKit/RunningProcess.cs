using System.Diagnostics;
using System.Text;

namespace Orchestrator.TestKit;

/// <summary>What a finished process left behind.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Error);

/// <summary>A child process whose output is captured; disposing it kills it with everything it started.</summary>
public sealed class RunningProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private RunningProcess(Process process) => _process = process;

    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;

    /// <summary>What was written to stdout so far.</summary>
    public string Output { get { lock (_output) { return _output.ToString(); } } }

    /// <summary>What was written to stderr so far.</summary>
    public string Error { get { lock (_error) { return _error.ToString(); } } }

    /// <summary>Starts a program with captured output and closed standard input.</summary>
    public static RunningProcess Start(
        string program,
        IEnumerable<string> arguments,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory ?? Directory.GetCurrentDirectory(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var running = new RunningProcess(process);
        process.OutputDataReceived += (_, line) => Append(running._output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(running._error, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it has been killed.</exception>
    public static async Task<ProcessResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        TimeSpan deadline,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        await using var process = Start(program, arguments, directory, environment);
        return await process.WaitForExitAsync(deadline);
    }

    /// <summary>Waits for the process's end and returns all it wrote.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public async Task<ProcessResult> WaitForExitAsync(TimeSpan deadline)
    {
        using var timeout = new CancellationTokenSource(deadline);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Waited {deadline} for {_process.StartInfo.FileName} to end. It wrote:\n{Output}\n{Error}");
        }

        return new ProcessResult(_process.ExitCode, Output, Error);
    }

    /// <summary>Kills the process with SIGKILL, alone or with all its descendants.</summary>
    public void Kill(bool entireTree = false)
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireTree);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill(entireTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }
}
