using Orchestrator.Host.Hosting;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting;

public sealed class HostConfigurationTests : IDisposable
{
    private const string Cluster = "Orchestrator:Clusters:default";

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Serve_reads_the_values_of_local_settings_as_the_Functions_host_does()
    {
        var settings = folder["local.settings.json"];
        await File.WriteAllTextAsync(settings, """{ "Values": { "Orchestrator__Clusters__default__Prometheus": "http://prometheus/" } }""");

        Assert.Equal("http://prometheus/", HostConfiguration.ForServe(settings, null, null, null)[$"{Cluster}:Prometheus"]);
    }

    [Fact]
    public async Task The_command_line_beats_local_settings()
    {
        var settings = folder["local.settings.json"];
        await File.WriteAllTextAsync(settings, """{ "Values": { "Orchestrator__Clusters__default__Kind": "InCluster" } }""");

        var configuration = HostConfiguration.ForServe(settings, "/some/kubeconfig", "blue", null);

        Assert.Equal(("Kubeconfig", "/some/kubeconfig", "blue"),
            (configuration[$"{Cluster}:Kind"], configuration[$"{Cluster}:Kubeconfig"], configuration[$"{Cluster}:Context"]));
    }

    [Fact]
    public void Dev_knows_the_simulated_cluster_and_nothing_else()
    {
        var configuration = HostConfiguration.ForDev("/data/kubeconfig", new Uri("http://127.0.0.1:9090/"), storage: null);

        Assert.Equal(["default"], configuration.GetSection("Orchestrator:Clusters").GetChildren().Select(section => section.Key));
        Assert.Equal("Simulator", configuration[$"{Cluster}:Kind"]);
        Assert.Null(configuration["PATH"]);
    }
}
