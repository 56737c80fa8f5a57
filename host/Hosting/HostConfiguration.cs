using Microsoft.Extensions.Configuration;
using Orchestrator.Activities.Canaries;

namespace Orchestrator.Host.Hosting;

/// <summary>Where the app's configuration comes from.</summary>
internal static class HostConfiguration
{
    private const string Cluster = "Orchestrator:Clusters:default";

    /// <summary>What <c>orc serve</c> reads: <c>Values</c> of <c>local.settings.json</c>, over it the environment, over both the command line.</summary>
    /// <param name="localSettings">The path of <c>local.settings.json</c>; it need not exist.</param>
    /// <param name="kubeconfig">The kubeconfig of cluster <c>default</c>, if the command line names one.</param>
    /// <param name="context">Its context.</param>
    /// <param name="prometheus">The Prometheus that scrapes it.</param>
    public static IConfiguration ForServe(string localSettings, string? kubeconfig, string? context, string? prometheus)
    {
        var commandLine = new Dictionary<string, string?>
        {
            [$"{Cluster}:Kind"] = kubeconfig is null ? null : "Kubeconfig",
            [$"{Cluster}:Kubeconfig"] = kubeconfig,
            [$"{Cluster}:Context"] = context,
            [$"{Cluster}:Prometheus"] = prometheus,
        };
        return new ConfigurationBuilder()
            .AddInMemoryCollection(ValuesOf(localSettings))
            .AddEnvironmentVariables()
            .AddInMemoryCollection(commandLine.Where(setting => setting.Value is not null))
            .Build();
    }

    /// <summary>What <c>orc dev</c> reads: the simulated cluster, of the environment how runs keep their histories, and nothing else, so that no setting leads to a real one.</summary>
    /// <param name="kubeconfig">The simulated cluster's kubeconfig.</param>
    /// <param name="metrics">Its metrics, in the shape of a Prometheus.</param>
    /// <param name="storage">The connection string of the emulated queues; null when there are none.</param>
    public static IConfiguration ForDev(string kubeconfig, Uri metrics, string? storage) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{Cluster}:Kind"] = "Simulator",
            [$"{Cluster}:Kubeconfig"] = kubeconfig,
            [$"{Cluster}:Prometheus"] = metrics.AbsoluteUri,
            ["AzureWebJobsStorage"] = storage,
            [CanaryHistories.Setting] = new ConfigurationBuilder().AddEnvironmentVariables().Build()[CanaryHistories.Setting],
        })
        .Build();

    // As the Functions host does: the members of Values are environment variables, in which __ separates.
    private static IEnumerable<KeyValuePair<string, string?>> ValuesOf(string localSettings) =>
        new ConfigurationBuilder()
            .AddJsonFile(localSettings, optional: true)
            .Build()
            .GetSection("Values")
            .GetChildren()
            .Select(value => KeyValuePair.Create(value.Key.Replace("__", ":", StringComparison.Ordinal), value.Value));
}
