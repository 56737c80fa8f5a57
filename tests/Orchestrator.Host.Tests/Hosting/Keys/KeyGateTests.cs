using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Functions.Identity;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting.Keys;

/// <summary>Which key opens which endpoint.</summary>
public sealed class KeyGateTests : IDisposable
{
    private const string Webhook = "/runtime/webhooks/durabletask/instances";

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("/api/tenants", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants", "", HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants", "master", HttpStatusCode.OK)]
    [InlineData("/api/tenants", "host", HttpStatusCode.OK)]
    [InlineData("/api/tenants", "function", HttpStatusCode.OK)]
    [InlineData("/api/tenants", "other", HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants", "system", HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants?code=host", null, HttpStatusCode.OK)]
    [InlineData("/api/tenants?code=wrong", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants?code=host&code=host", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants?code=host", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants?code=wrong", "host", HttpStatusCode.OK)]
    [InlineData(Webhook, null, HttpStatusCode.Unauthorized)]
    [InlineData(Webhook, "host", HttpStatusCode.Unauthorized)]
    [InlineData(Webhook, "function", HttpStatusCode.Unauthorized)]
    [InlineData(Webhook, "system", HttpStatusCode.OK)]
    [InlineData(Webhook, "master", HttpStatusCode.OK)]
    [InlineData("/admin", "system", HttpStatusCode.Unauthorized)]
    [InlineData("/admin", "host", HttpStatusCode.Unauthorized)]
    [InlineData("/admin", "master", HttpStatusCode.OK)]
    [InlineData("/api/health/live", null, HttpStatusCode.OK)]
    [InlineData("/api/health/live", "wrong", HttpStatusCode.OK)]
    [InlineData("/bare", null, HttpStatusCode.Unauthorized)]
    [InlineData("/unknown", null, HttpStatusCode.Unauthorized)]
    [InlineData("/unknown", "function", HttpStatusCode.Unauthorized)]
    [InlineData("/unknown", "host", HttpStatusCode.NotFound)]
    public async Task A_key_opens_what_its_level_says(string path, string? key, HttpStatusCode status)
    {
        var values = new Dictionary<string, string>
        {
            ["master"] = MasterKey.Ensure(folder.Path),
            ["host"] = Make(KeyScope.Host, "ci"),
            ["function"] = Make(new(KeyKind.Function, "ListTenants"), "ci"),
            ["other"] = Make(new(KeyKind.Function, "PutTenant"), "ci"),
            ["system"] = Make(KeyScope.System, KeyRing.DurableTask),
        };
        await using var app = await StartAsync();
        using var client = new HttpClient();
        var address = values.Aggregate(path, (text, value) => text.Replace($"code={value.Key}", $"code={value.Value}", StringComparison.Ordinal));
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + address);
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", values.GetValueOrDefault(key, key));
        }

        using var response = await client.SendAsync(request);

        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, response.StatusCode);
        Assert.All(values.Values, value => Assert.DoesNotContain(value, body, StringComparison.Ordinal));
        if (status == HttpStatusCode.Unauthorized)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    private string Make(KeyScope scope, string name)
    {
        var value = MasterKey.NewValue();
        return KeyRingFile.Change(folder.Path, ring => (ring.With(scope, name, value, DateTime.UtcNow), value));
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAccess(new ConfigurationBuilder().Build());
        builder.Services.AddSingleton(new KeyStore(folder.Path, TimeProvider.System, NullLogger<KeyStore>.Instance));
        var app = builder.Build();
        app.UseKeys();
        app.MapGet("/api/tenants", () => "in").WithMetadata(new KeyRequirement(AuthorizationLevel.Function, "ListTenants"));
        app.MapGet("/api/health/live", () => "in").WithMetadata(new KeyRequirement(AuthorizationLevel.Anonymous, "Live"));
        app.MapGet(Webhook, () => "in").WithMetadata(new KeyRequirement(AuthorizationLevel.System, null));
        app.MapGet("/admin", () => "in").WithMetadata(new KeyRequirement(AuthorizationLevel.Admin, null));
        app.MapGet("/bare", () => "in");
        await app.StartAsync();
        return app;
    }
}
