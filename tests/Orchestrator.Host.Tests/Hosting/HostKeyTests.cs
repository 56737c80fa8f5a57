using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Host.Hosting;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting;

public sealed class HostKeyTests
{
    [Theory]
    [InlineData("/api/tenants", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants", "right", HttpStatusCode.OK)]
    [InlineData("/api/tenants?code=right", null, HttpStatusCode.OK)]
    [InlineData("/api/tenants?code=wrong", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants?code=right&code=right", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants?code=right", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("/api/tenants?code=wrong", "right", HttpStatusCode.OK)]
    [InlineData("/runtime/webhooks/durabletask/instances", null, HttpStatusCode.Unauthorized)]
    [InlineData("/runtime/webhooks/durabletask/instances", "right", HttpStatusCode.OK)]
    [InlineData("/api/health/live", null, HttpStatusCode.OK)]
    [InlineData("/bare", null, HttpStatusCode.Unauthorized)]
    [InlineData("/unknown", null, HttpStatusCode.Unauthorized)]
    [InlineData("/unknown", "right", HttpStatusCode.NotFound)]
    public async Task A_caller_needs_the_key_except_for_what_is_anonymous(string path, string? header, HttpStatusCode status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseHostKey("right");
        app.MapGet("/api/tenants", () => "in").WithMetadata(new KeyRequirement(AuthorizationLevel.Function, "ListTenants"));
        app.MapGet("/api/health/live", () => "in").WithMetadata(new KeyRequirement(AuthorizationLevel.Anonymous, "Live"));
        app.MapGet("/runtime/webhooks/durabletask/instances", () => "in").WithMetadata(new KeyRequirement(AuthorizationLevel.System, null));
        app.MapGet("/bare", () => "in");
        await app.StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + path);
        if (header is not null)
        {
            request.Headers.Add("x-functions-key", header);
        }

        using var response = await client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.DoesNotContain("right", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public void The_key_is_made_once_and_read_by_its_owner_alone()
    {
        using var folder = new TemporaryDirectory();
        var data = folder["data"];
        Assert.Null(KeyFile.Find(data));

        var key = KeyFile.Ensure(data);

        Assert.True(key.Length >= 40);
        Assert.Equal(key, KeyFile.Ensure(data));
        Assert.Equal(key, KeyFile.Find(data));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "key")));
        }
    }
}
