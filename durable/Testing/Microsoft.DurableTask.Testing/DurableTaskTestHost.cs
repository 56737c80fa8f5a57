using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.DurableTask.Testing;

/// <summary>A host for tests: the durable engine with the tasks of the test, over a store in memory that ends with it.</summary>
/// <remarks>
/// A store that outlives the host is chosen in <see cref="DurableTaskTestHostOptions.ConfigureServices"/>:
/// <c>services.Configure&lt;DurableEngineOptions&gt;(engine => engine.StorePath = "store.db")</c>.
/// </remarks>
public sealed class DurableTaskTestHost : IAsyncDisposable
{
    private readonly IHost host;

    private DurableTaskTestHost(IHost host)
    {
        this.host = host;
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
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddInMemoryDurableTask(registry);
        if (options?.LoggerFactory is { } loggers)
            builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        options?.ConfigureServices?.Invoke(builder.Services);

        var testHost = new DurableTaskTestHost(builder.Build());
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

    /// <summary>Stops the host; what is in its memory is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
