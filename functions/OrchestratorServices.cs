using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Activities.Canaries;
using Orchestrator.Activities.Events;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Azure;
using Orchestrator.Cluster.Webhooks;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Events;
using Orchestrator.Functions.Identity;
using Orchestrator.Functions.Meshes;
using Orchestrator.Functions.Metrics;
using Orchestrator.Functions.Sweeps;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions;

/// <summary>The one registration that both hosts share.</summary>
public static class OrchestratorServices
{
    /// <summary>
    /// Registers what the functions and activities need: the clusters under <c>Orchestrator:Clusters</c>; without any, <c>default</c> is the current
    /// kubeconfig; the hosts that canaries may call, from <c>Orchestrator:Webhooks</c>; the key of links that decide, <c>Orchestrator:Links</c>; and who may do what, from <c>Orchestrator:Entra</c> and
    /// <c>Orchestrator:Grants</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The settings of links, identities or grants make no sense.</exception>
    public static IServiceCollection AddOrchestrator(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => AzureIdentity.Create(configuration));
        services.AddSingleton<IClusterDirectory>(provider => new ClusterDirectory(
            Clusters(configuration), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton(WebhookHosts.Parse(configuration["Orchestrator:Webhooks:AllowedHosts"]));
        services.AddSingleton<IWebhooks, HttpWebhooks>();
        services.AddSingleton(SweepOptions.From(configuration));
        services.AddSingleton(CanaryHistories.From(configuration));
        services.AddSingleton<ChangeNotices>();
        services.AddSingleton<MeshCommands>();
        services.AddSingleton<TenantCommands>();
        services.AddSingleton<CanaryCommands>();
        services.AddSingleton(DecisionLinks.From(configuration));
        services.AddSingleton<EventFeed>();
        services.AddMetrics();
        services.AddSingleton<RunCounts>();
        services.AddSingleton<RunningGauges>();
        return services.AddAccess(configuration);
    }

    private static Dictionary<string, ClusterOptions> Clusters(IConfiguration configuration)
    {
        var clusters = configuration.GetSection("Orchestrator:Clusters").GetChildren().ToDictionary(
            section => section.Key,
            section => section.Get<ClusterOptions>() ?? new ClusterOptions(),
            StringComparer.Ordinal);
        return clusters.Count > 0 ? clusters : new() { ["default"] = new ClusterOptions() };
    }
}
