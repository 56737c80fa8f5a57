using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Hosting;

namespace Orchestrator.Host.Tests.Hosting;

public sealed class DrainTests
{
    [Fact]
    public async Task A_request_that_does_not_heed_the_stop_is_ended_at_the_limit()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseDrain(TimeSpan.FromMilliseconds(50));
        var entered = new TaskCompletionSource();
        app.Run(async context =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await app.StartAsync();
        using var client = new HttpClient();
        var request = client.GetAsync(app.Urls.Single());
        await entered.Task;

        await app.StopAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => request);
    }
}
