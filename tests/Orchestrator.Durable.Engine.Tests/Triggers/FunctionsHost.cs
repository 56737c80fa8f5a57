using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

/// <summary>The functions of some classes on a real Kestrel, on a free port of loopback.</summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FunctionsHost(WebApplication app)
    {
        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static Mock<DurableTaskClient> DurableClient() => new("test") { CallBase = true };

    public static Task<FunctionsHost> StartAsync<TFunctions>(HostJson? hostJson = null, Action<IServiceCollection>? configure = null) =>
        StartAsync(
            services =>
            {
                services.AddFunctions(hostJson ?? new HostJson(), [typeof(TFunctions)]);
                configure?.Invoke(services);
            },
            app => app.MapFunctions());

    public static async Task<FunctionsHost> StartAsync(Action<IServiceCollection> configure, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(DurableClient().Object);
        configure(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
