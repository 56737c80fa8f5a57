namespace Orchestrator.TestKit;

/// <summary>The queue service of the real Azurite, on a free port, with its data in a temporary folder.</summary>
public sealed class Azurite : IAsyncDisposable
{
    // What Azurite accepts, the same for everybody; see https://learn.microsoft.com/azure/storage/common/storage-use-azurite.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // The first test of a fresh machine installs it.
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(5);

    private readonly TemporaryDirectory folder = new();
    private readonly int port = FreePort.Next();
    private RunningProcess process = null!;

    private Azurite()
    {
    }

    /// <summary>What <c>AzureWebJobsStorage</c> is set to.</summary>
    public string ConnectionString => ConnectionStringAt(port);

    /// <summary>The connection string of any Azurite whose queues listen at a port of 127.0.0.1.</summary>
    public static string ConnectionStringAt(int port) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};QueueEndpoint=http://127.0.0.1:{port}/{Account};";

    public static async Task<Azurite> StartAsync()
    {
        var azurite = new Azurite();
        try
        {
            await azurite.StartProcessAsync();
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it with SIGKILL.</summary>
    public async Task KillAsync() => await process.DisposeAsync();

    /// <summary>Starts it after a kill, on the same port and data.</summary>
    public async Task StartProcessAsync()
    {
        process = RunningProcess.Start(
            Repository.PathOf("infra/azurite/run"),
            [
                "--queueHost", "127.0.0.1", "--queuePort", $"{port}", "--location", folder.Path,
                "--silent", "--skipApiVersionCheck", "--disableTelemetry",
            ]);
        await Eventually.Async(
            () => process.Output.Contains("successfully listens", StringComparison.Ordinal) || process.HasExited, StartDeadline, "Azurite to listen");
        if (process.HasExited)
        {
            throw new InvalidOperationException($"Azurite ended: {process.Output}\n{process.Error}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
