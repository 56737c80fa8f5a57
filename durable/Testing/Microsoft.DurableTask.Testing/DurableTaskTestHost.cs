using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orchestrator.Durable.Engine;

namespace Microsoft.DurableTask.Testing;

/// <summary>A host for tests: the durable engine with the tasks of the test, over a store file that is deleted at the end.</summary>
public sealed class DurableTaskTestHost : IAsyncDisposable
{
    private readonly IHost host;
    private readonly DirectoryInfo directory;

    private DurableTaskTestHost(IHost host, DirectoryInfo directory)
    {
        this.host = host;
        this.directory = directory;
        Client = host.Services.GetRequiredService<DurableTaskClient>();
    }

    /// <summary>The client of the engine.</summary>
    public DurableTaskClient Client { get; }

    /// <summary>The services of the host.</summary>
    public IServiceProvider Services => host.Services;

    /// <summary>Starts a host that runs the tasks which <paramref name="registry"/> adds.</summary>
    /// <param name="registry">Adds orchestrators and activities.</param>
    /// <param name="options">The set-up; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<DurableTaskTestHost> StartAsync(
        Action<DurableTaskRegistry> registry, DurableTaskTestHostOptions? options = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var tasks = new DurableTaskRegistry();
        registry(tasks);
        var directory = Directory.CreateTempSubdirectory("durable-test-host-");

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(tasks);
        builder.Services.AddDurableEngine(engine => engine.StorePath = Path.Combine(directory.FullName, "store.db"));
        if (options?.LoggerFactory is { } loggers)
            builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        options?.ConfigureServices?.Invoke(builder.Services);

        var testHost = new DurableTaskTestHost(builder.Build(), directory);
        try
        {
            await testHost.host.StartAsync(cancellationToken);
            return testHost;
        }
        catch
        {
            await testHost.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the host and deletes its store.</summary>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        directory.Delete(recursive: true);
    }
}
