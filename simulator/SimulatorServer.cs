using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Simulator.Api;
using Orchestrator.Simulator.Api.Access;
using Orchestrator.Simulator.Api.Faulty;
using Orchestrator.Simulator.Control;
using Orchestrator.Simulator.Metrics;

namespace Orchestrator.Simulator;

/// <summary>A simulated cluster that runs: its API server, its controllers, its data plane and its metrics, in this process.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    /// <summary>As the real server, which is bound by etcd.</summary>
    private const long LargestBody = 3 * 1024 * 1024;

    private readonly WebApplication app;
    private readonly string authorityPem;

    private SimulatorServer(WebApplication app, SimulatorOptions options, ServerIdentity identity, Uri api, Uri metrics)
    {
        (this.app, authorityPem) = (app, identity.AuthorityPem);
        (ApiUri, MetricsUri, Token) = (api, metrics, identity.Token);
        KubeconfigPath = Path.Combine(options.DataDirectory, "kubeconfig");
    }

    /// <summary>The HTTPS address of the Kubernetes API.</summary>
    public Uri ApiUri { get; }

    /// <summary>The plain-HTTP address of the metrics.</summary>
    public Uri MetricsUri { get; }

    /// <summary>A kubeconfig for this cluster; readable by its owner alone.</summary>
    public string KubeconfigPath { get; }

    /// <summary>The bearer token the kubeconfig carries.</summary>
    public string Token { get; }

    /// <summary>The objects of the cluster, for whoever runs in the same process.</summary>
    public ClusterStore Store => app.Services.GetRequiredService<ClusterStore>();

    /// <summary>The faults set at this moment.</summary>
    public Faults Faults => app.Services.GetRequiredService<Faults>();

    /// <summary>The text of a kubeconfig by which a client comes as a ServiceAccount and may do what roles allow it; its token is good for a day.</summary>
    /// <exception cref="KubeException">404 when there is no such ServiceAccount.</exception>
    public string KubeconfigOf(string ns, string serviceAccount)
    {
        var account = Store.Get(ResourceTypes.ServiceAccount, ns, serviceAccount);
        var expires = app.Services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(1);
        return Kubeconfig.Render(ApiUri, authorityPem, app.Services.GetRequiredService<ServiceAccountTokens>().Issue(account, expires));
    }

    /// <summary>Starts a cluster; one that was kept in the directory goes on with the same objects, versions, ports and token.</summary>
    /// <exception cref="InvalidOperationException">A port is taken, or another process runs this cluster.</exception>
    public static async Task<SimulatorServer> StartAsync(SimulatorOptions options, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var identity = ServerIdentity.LoadOrCreate(options.DataDirectory, options.Address, options.Time);
        var ports = ServerPorts.For(options);
        // Empty, so that neither the environment nor an appsettings.json of whoever starts the cluster can reconfigure it.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            var address = IPAddress.Parse(options.Address);
            kestrel.Listen(address, ports.Api, listen => listen.UseHttps(identity.Certificate));
            kestrel.Listen(address, ports.Metrics);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.AddSingleton(options).AddSingleton(options.Time).AddSingleton<Faults>();
        builder.Services.AddSingleton(services =>
            new ClusterStore(options.DataDirectory, options.Time, services.GetService<ILogger<ClusterStore>>()));
        builder.Services.AddSingleton<ResourceApi>().AddSingleton<ResourceReads>().AddSingleton<ResourceWatches>()
            .AddSingleton<ResourceWrites>().AddSingleton<ResourcePatches>().AddSingleton<ResourceDeletes>()
            .AddSingleton<BackendProxy>().AddSingleton<PodLogs>().AddSingleton<ApiFaults>();
        builder.Services.AddSingleton<Authorizer>().AddSingleton<ServiceAccountTokens>().AddSingleton<TokenRequests>().AddSingleton<AccessReviews>();
        builder.Services.AddSingleton(Prometheus.Metrics.NewCustomRegistry()).AddSingleton<IstioMetrics>().AddSingleton<ApiMetrics>().AddSingleton<World>().AddSingleton<Scenario>();
        var app = builder.Build();
        try
        {
            Compose(app, identity);
            await app.StartAsync(cancellationToken);
            BootstrapPolicy.Ensure(app.Services.GetRequiredService<ClusterStore>());
            app.Services.GetRequiredService<World>().Start();
            await app.Services.GetRequiredService<Scenario>().RestoreAsync();
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
            Uri[] bound = [.. addresses.Select(address => new Uri(address))];
            var (api, metrics) = (bound.Single(uri => uri.Scheme == Uri.UriSchemeHttps), bound.Single(uri => uri.Scheme == Uri.UriSchemeHttp));
            new ServerPorts(api.Port, metrics.Port).Keep(options.DataDirectory);
            var server = new SimulatorServer(app, options, identity, api, metrics);
            PrivateFile.Write(server.KubeconfigPath, Kubeconfig.Render(api, identity.AuthorityPem, identity.Token));
            return server;
        }
        catch (Exception failure)
        {
            await app.DisposeAsync();
            if (failure is IOException { InnerException: AddressInUseException } taken)
                throw new InvalidOperationException($"The cluster in {options.DataDirectory} cannot listen on {options.Address}: {taken.Message} "
                    + "Stop the process that uses the port, or set another port in the options.", taken);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static void Compose(WebApplication app, ServerIdentity identity)
    {
        var (services, faults) = (app.Services, app.Services.GetRequiredService<Faults>());
        services.GetRequiredService<ApiMetrics>().CountIn(app);
        app.UseStatusResponses(services.GetRequiredService<ILogger<SimulatorServer>>());
        // Two listeners, two worlds: everything but the metrics is HTTPS and needs the token.
        app.MapWhen(http => http.Request.IsHttps, api =>
        {
            var authorizer = services.GetRequiredService<Authorizer>();
            api.UseAuthentication(identity, services.GetRequiredService<ServiceAccountTokens>(), authorizer);
            api.UseAuthorization(authorizer);
            api.UseResources(services.GetRequiredService<ResourceApi>(), services.GetRequiredService<ApiFaults>());
            api.UseRouting();
            api.UseEndpoints(endpoints =>
            {
                endpoints.MapHealth();
                endpoints.MapDiscovery();
                endpoints.MapOpenApi();
                endpoints.MapSimulatorControl(faults, services.GetRequiredService<World>());
            });
        });
        app.MapWhen(http => !http.Request.IsHttps, metrics =>
        {
            metrics.UseRouting();
            metrics.UseEndpoints(endpoints => endpoints.MapMetrics(
                services.GetRequiredService<IstioMetrics>(), services.GetRequiredService<Prometheus.CollectorRegistry>()));
        });
    }

    /// <summary>The cluster ends when its owner disposes it: signals are the owner's business.</summary>
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
