using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Functions.Sweeps;
using Orchestrator.Host.Hosting;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Input;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting;

/// <summary>The composed app, without a cluster.</summary>
public sealed class EmbeddedHostTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("/api/health/live")]
    [InlineData("/api/health/ready")]
    public async Task Health_answers_without_a_key(string path)
    {
        await using var host = await StartAsync(asksForKeys: true);
        using var client = new HttpClient { BaseAddress = new Uri(host.Urls.Single()) };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/api/tenants")]
    [InlineData("/runtime/webhooks/durabletask/instances")]
    public async Task A_serving_host_asks_for_its_key(string path)
    {
        await using var host = await StartAsync(asksForKeys: true);
        using var client = new HttpClient { BaseAddress = new Uri(host.Urls.Single()) };

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
        client.DefaultRequestHeaders.Add("x-functions-key", MasterKey.Ensure(folder.Path));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_wrong_tenant_is_answered_with_every_problem()
    {
        await using var host = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(host.Urls.Single()) };

        var response = await client.PutAsJsonAsync("/api/tenants/foo", new { gatway = new { }, readiness = new { timeout = "soon" } });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var body = await response.Content.ReadAsStringAsync();
        Assert.All((string[])["/gatway", "/gateway", "/readiness/timeout"], pointer => Assert.Contains($"\"{pointer}\"", body));
    }

    [Theory]
    [InlineData("canary")]
    [InlineData("tenant")]
    public async Task The_schemas_are_served_as_they_are_in_the_repository(string name)
    {
        await using var host = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(host.Urls.Single()) };

        var response = await client.GetAsync($"/api/schemas/{name}");

        Assert.Equal((HttpStatusCode.OK, "application/schema+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(await File.ReadAllTextAsync(Repository.PathOf("docs", "schemas", $"{name}.schema.json")), await response.Content.ReadAsStringAsync());
        Assert.Contains("canary and tenant", await (await client.GetAsync("/api/schemas/mesh")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_second_host_on_the_same_store_is_refused_with_what_to_do()
    {
        await using var first = await StartAsync();

        var error = await Assert.ThrowsAnyAsync<IOException>(() => StartAsync());

        Assert.Contains("another data directory", error.Message);
    }

    [Theory]
    [InlineData("Retention", "30d")]
    [InlineData("Retention", "soon")]
    [InlineData("Canaries__TurnsPerHistory", "many")]
    [InlineData("Canaries__TurnsPerHistory", "0")]
    public async Task A_setting_that_makes_no_sense_is_named(string name, string value)
    {
        var error = await Assert.ThrowsAsync<InputException>(() => StartAsync(setting: (name, value)));
        Assert.Contains($"Orchestrator__{name} is '{value}'", error.Message);
    }

    [Fact]
    public async Task The_retention_reaches_the_sweeps()
    {
        await using var host = await StartAsync(setting: ("Retention", "48h"));
        Assert.Equal(TimeSpan.FromDays(2), host.Services.GetRequiredService<SweepOptions>().Retention);
    }

    private async Task<WebApplication> StartAsync(bool asksForKeys = false, (string Name, string? Value) setting = default)
    {
        var app = EmbeddedHost.Build(
            new EmbeddedHostSettings
            {
                Urls = "http://127.0.0.1:0",
                DataDirectory = folder.Path,
                AsksForKeys = asksForKeys,
                Configuration = new ConfigurationBuilder()
                    .AddConfiguration(HostConfiguration.ForDev(folder["kubeconfig"], new Uri("http://127.0.0.1:1"), storage: null))
                    .AddInMemoryCollection([KeyValuePair.Create($"Orchestrator:{setting.Name?.Replace("__", ":", StringComparison.Ordinal)}", setting.Value)])
                    .Build(),
            },
            services => services.AddLogging(logging => logging.ClearProviders()));
        await app.StartAsync();
        return app;
    }
}
