using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.Host.Hosting;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Simulation;

/// <summary>
/// The queues of <c>orc dev --queues</c>: Azurite from the lock file of <c>infra/azurite</c>, a process of its own that keeps its messages in the data
/// directory. One that an earlier <c>orc dev</c> left behind when it was killed is found again.
/// </summary>
internal sealed class QueueEmulator : IAsyncDisposable
{
    /// <summary>The port that tools expect Azurite's queues on.</summary>
    public const int DefaultPort = 10001;

    // What Azurite accepts, the same for everybody; see https://learn.microsoft.com/azure/storage/common/storage-use-azurite.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // The first start installs it from npm.
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Process process;

    private QueueEmulator(Process process, int port)
    {
        this.process = process;
        Address = AddressAt(port);
    }

    /// <summary>Where its queues are.</summary>
    public Uri Address { get; }

    /// <summary>What <c>AzureWebJobsStorage</c> is set to.</summary>
    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};QueueEndpoint={Address};";

    /// <summary>Returns when it answers.</summary>
    /// <param name="dataDirectory">Where it keeps its messages.</param>
    /// <param name="port">Its port on 127.0.0.1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InputException">It does not answer in time, or the port is another's.</exception>
    public static async Task<QueueEmulator> StartAsync(string dataDirectory, int port, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(dataDirectory, "azurite")).FullName;
        var (pidFile, log) = (Path.Combine(folder, "azurite.pid"), Path.Combine(dataDirectory, "azurite.log"));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        if (await AnswersAsync(http, port, cancellationToken))
        {
            return FindRunning(pidFile) is { } running
                ? new QueueEmulator(running, port)
                : throw new InputException($"port {port} on 127.0.0.1 is taken by another Azurite. Stop it, or take another port: ./orc dev --queues --queue-port PORT.");
        }

        var process = DetachedProcess.Start(
            log,
            Script(),
            "--queueHost", "127.0.0.1", "--queuePort", port.ToString(CultureInfo.InvariantCulture), "--location", folder,
            "--silent", "--skipApiVersionCheck", "--disableTelemetry");
        await File.WriteAllTextAsync(pidFile, process.Id.ToString(CultureInfo.InvariantCulture), cancellationToken);
        for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < StartDeadline;)
        {
            if (process.HasExited)
            {
                throw new InputException($"Azurite ended with exit code {process.ExitCode}. Its log is {log}; is port {port} free?");
            }

            if (await AnswersAsync(http, port, cancellationToken))
            {
                return new QueueEmulator(process, port);
            }

            await Task.Delay(Pause, cancellationToken);
        }

        process.Kill();
        throw new InputException($"Azurite does not answer on port {port} after {StartDeadline.TotalMinutes:0} minutes. Its log is {log}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Posix.AskToEnd(process.Id);
            using var patience = new CancellationTokenSource(StopPatience);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        process.Dispose();
    }

    private static Uri AddressAt(int port) => new($"http://127.0.0.1:{port}/{Account}");

    // Whatever it answers to a request without a signature: it says who it is.
    private static async Task<bool> AnswersAsync(HttpClient http, int port, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(AddressAt(port), cancellationToken);
            return answer.Headers.TryGetValues("Server", out var servers) && servers.Any(server => server.StartsWith("Azurite-Queue", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static Process? FindRunning(string pidFile)
    {
        try
        {
            var process = Process.GetProcessById(int.Parse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture));
            return process.ProcessName.StartsWith("node", StringComparison.Ordinal) ? process : null;
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "infra", "azurite", "run") is var script && File.Exists(script))
            {
                return script;
            }
        }

        throw new InputException("--queues needs infra/azurite of the repository: run ./orc dev --queues there.");
    }
}
