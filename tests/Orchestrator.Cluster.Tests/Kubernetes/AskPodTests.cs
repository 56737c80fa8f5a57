using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Tests.Kubernetes;

/// <summary>What a pod answers is a tenant's to say: nothing in it may hold this process up or lead it astray.</summary>
public sealed class AskPodTests : IAsyncLifetime
{
    private const string Pod = "/api/v1/namespaces/foo/pods/gw-1:8080/proxy";

    private WebApplication server = null!;
    private Resources resources = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.MapGet($"{Pod}/moved/", () => Results.Redirect("/elsewhere"));
        server.MapGet("/elsewhere", () => Results.Text("secret", statusCode: 404));
        server.MapGet($"{Pod}/echo", (HttpContext http) => http.Response.Headers["X-Heard"] = http.Request.Headers["x-said"]);
        server.MapGet($"{Pod}/endless/{{status:int}}", EndlessAsync);
        await server.StartAsync();
        resources = new(new KubernetesClientConfiguration { Host = server.Urls.Single() }, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        resources.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var answer = await resources.AskPodAsync("foo", "gw-1", 8080, host: null, "/moved/", default);

        Assert.Equal((302, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_header_is_passed_on_and_those_of_the_answer_are_told()
    {
        var answer = await resources.AskPodAsync("foo", "gw-1", 8080, host: null, "/echo", default, ("x-said", "it"));

        Assert.Equal((200, "it"), (answer.Status, answer.Headers["x-heard"]));
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(500, 4096)]
    public async Task Of_an_answer_without_end_no_more_is_read_than_is_needed(int status, int length)
    {
        var answer = await resources.AskPodAsync("foo", "gw-1", 8080, host: null, $"/endless/{status}", default);

        Assert.Equal((status, length, null), (answer.Status, answer.Body.Length, answer.Refusal));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_no_answer()
    {
        await server.StopAsync();

        var answer = await resources.AskPodAsync("foo", "gw-1", 8080, host: null, "/", default);

        Assert.Equal(0, answer.Status);
        Assert.Contains("refused", answer.Refusal, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task EndlessAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        var some = new byte[1024];
        Array.Fill(some, (byte)'x');
        while (!http.RequestAborted.IsCancellationRequested)
        {
            await http.Response.Body.WriteAsync(some, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }
}
