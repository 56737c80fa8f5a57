using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.DurableTask;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Activities.Tenants;
using Orchestrator.Durable.Engine;
using Orchestrator.Durable.Engine.Management;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Functions;
using Orchestrator.Functions.Canaries;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Hosting;

/// <summary>How the embedded host runs.</summary>
internal sealed record EmbeddedHostSettings
{
    /// <summary>Where it listens, e.g. <c>http://127.0.0.1:7071</c>; several are separated by semicolons.</summary>
    public required string Urls { get; init; }

    /// <summary>Where the engine's store lies.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The clusters and all else that the app reads.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>Whether callers need a key of the data directory, or a token; otherwise nobody is asked.</summary>
    public required bool AsksForKeys { get; init; }
}

/// <summary>The orchestrator's app on the embedded durable engine, in one process.</summary>
internal static class EmbeddedHost
{
    private const string StoreName = "orchestrator.db";

    /// <summary>The orchestrators and activities of the app.</summary>
    public static DurableTaskRegistry Tasks() =>
        AddApp(new ServiceCollection(), new HostJson()).BuildServiceProvider().GetRequiredService<DurableTaskRegistry>();

    /// <summary>The settings, with the key of the data directory where they name none.</summary>
    private static IConfiguration WithLinkKey(EmbeddedHostSettings settings) =>
        !string.IsNullOrEmpty(settings.Configuration[DecisionLinks.Setting]) ? settings.Configuration : new ConfigurationBuilder()
            .AddConfiguration(settings.Configuration)
            .AddInMemoryCollection([KeyValuePair.Create(DecisionLinks.Setting, (string?)LinkKey.Ensure(settings.DataDirectory))])
            .Build();

    private static IServiceCollection AddApp(IServiceCollection services, HostJson hostJson) =>
        services.AddFunctions(hostJson, typeof(OrchestratorServices).Assembly, typeof(EnsureNamespace).Assembly);

    /// <summary>Composes the app; what is said in <c>host.json</c> beside the executable is honoured.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="addServices">Adds what only one kind of host needs.</param>
    public static WebApplication Build(EmbeddedHostSettings settings, Action<IServiceCollection>? addServices = null)
    {
        var hostJsonPath = Path.Combine(AppContext.BaseDirectory, "host.json");
        var hostJson = HostJson.Load(hostJsonPath);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            // In the Development environment, answers would show stack traces.
            EnvironmentName = Environments.Production,
        });
        // The app's settings and nothing else: what the process inherits must not lead a development host to real queues.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel(ServerLimits.Apply);
        builder.Logging.AddConfiguration(new ConfigurationBuilder().AddJsonFile(hostJsonPath).Build().GetSection("logging"));
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        AddApp(builder.Services, hostJson);
        builder.Services.AddDurableEngine(engine =>
        {
            engine.StorePath = Path.Combine(settings.DataDirectory, StoreName);
            hostJson.DurableTask.ApplyTo(engine);
        });
        try
        {
            builder.Services.AddOrchestrator(WithLinkKey(settings));
        }
        catch (InvalidOperationException e)
        {
            throw new InputException(e.Message);
        }

        builder.Services.AddSingleton(provider => new KeyStore(
            settings.DataDirectory, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<KeyStore>>()));
        addServices?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseDrain(ServerLimits.Drain);
        if (hostJson.DurableTask.UseForwardedHost)
        {
            app.UseForwardedNames();
        }

        app.UseProblems();
        _ = settings.AsksForKeys ? app.UseKeys() : app.UseNoKeys();
        app.MapFunctions();
        app.MapDurableTaskApi();
        return app;
    }
}
