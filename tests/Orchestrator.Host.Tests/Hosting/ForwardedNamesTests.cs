using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Hosting;

namespace Orchestrator.Host.Tests.Hosting;

public sealed class ForwardedNamesTests
{
    [Theory]
    [InlineData(true, "https orc.example.com")]
    [InlineData(false, "http 127.0.0.1")]
    public async Task The_name_of_the_proxy_counts_where_it_is_asked_for(bool forwarded, string expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        if (forwarded)
        {
            app.UseForwardedNames();
        }

        app.Run(context => context.Response.WriteAsync($"{context.Request.Scheme} {context.Request.Host.Host}"));
        await app.StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single());
        request.Headers.Add("X-Forwarded-Host", "orc.example.com");
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var answer = await client.SendAsync(request);

        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
    }
}
