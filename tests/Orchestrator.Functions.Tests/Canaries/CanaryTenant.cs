using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>A tenant of a simulated cluster whose product <c>hello</c> answers at a nodePort, and its canaries, as those see them who call it.</summary>
public sealed class CanaryTenant : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly RunningApp app;
    private readonly int port;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false });

    private CanaryTenant(RunningApp app, string name, int port)
    {
        this.app = app;
        this.port = port;
        Name = name;
    }

    public string Name { get; }

    private string Canary => $"/api/tenants/{Name}/canaries/hello";

    /// <summary>Onboards a tenant and deploys hello 0.0.1.</summary>
    /// <param name="app">The app.</param>
    /// <param name="name">The tenant's name.</param>
    /// <param name="mode">The mode of its gateway.</param>
    /// <param name="morePorts">Ports of the gateway beside the one of HTTP, each with a comma before it.</param>
    public static async Task<CanaryTenant> OnboardAsync(RunningApp app, string name, string mode, string morePorts = "")
    {
        var tenant = new CanaryTenant(app, name, RunningApp.FreeNodePort());
        (await app.PutAsync($"/api/tenants/{name}", Yaml.Read($$"""
            gateway: {mode: {{mode}}, service: {type: NodePort, ports: [{name: http2, port: 80, targetPort: 8080, nodePort: {{tenant.port}} }{{morePorts}}] } }
            services: [{name: hello, prefix: /foo/, stable: v0-0-1}]
            """))).EnsureSuccessStatusCode();
        var view = await app.PhaseAsync($"/api/tenants/{name}", "Ready", "RolledBack", "Failed");
        Assert.True(view.Text("phase") == "Ready", view.ToJsonString());
        await app.DeployAsync(name);
        await tenant.AnswersAsync("", answer => answer == "Hello Foo 0.0.1");
        return tenant;
    }

    /// <summary>Starts a canary of 0.0.2.</summary>
    public async Task StartAsync(string steps, string more = "", string keepStable = "0s")
    {
        using var answer = await app.Http.PostAsJsonAsync($"/api/tenants/{Name}/canaries", JsonNode.Parse($$$"""
            {"service":"hello","candidate":{"version":"v0-0-2","image":"hello:0.0.2"},"keepStable":"{{{keepStable}}}","steps":[{{{steps}}}]{{{more}}}}
            """));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task SayAsync(string verb) =>
        (await app.Http.PostAsJsonAsync($"{Canary}/{verb}", new { by = "ann", reason = "because" })).EnsureSuccessStatusCode();

    /// <summary>The record of the only run.</summary>
    public Task<JsonObject> RecordAsync() => Eventually.GetAsync(
        async () => (await app.Http.GetFromJsonAsync<JsonArray>($"{Canary}/history"))!.SingleOrDefault()?.AsObject(), Deadline, "the record of the run");

    public Task<JsonObject> PhaseAsync(params string[] phases) => app.PhaseAsync(Canary, phases);

    /// <summary>One request with this header, <c>name: value</c>, or without: what was answered, and the cookie that came with it.</summary>
    public async Task<(string Text, string? Cookie)> CallAsync(string header, string path = "/foo/hello")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{app.Cluster.Server.ApiUri.Host}:{port}{path}");
        if (header.Split(": ") is [var name, var value])
        {
            request.Headers.Add(name, value);
        }

        try
        {
            using var answer = await http.SendAsync(request);
            var cookie = answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? string.Join(',', cookies) : null;
            return ((await answer.Content.ReadAsStringAsync()).Trim(), cookie);
        }
        catch (Exception e) when (Unanswered.Is(e))
        {
            return (e.Message, null);
        }
    }

    /// <summary>Waits until eight answers in a row are right.</summary>
    public Task AnswersAsync(string header, Func<string, bool> isRight) => Eventually.Async(
        async () => (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CallAsync(header)))).All(answer => isRight(answer.Text)),
        Deadline,
        $"every answer to '{header}' to be right");

    /// <summary>Calls without a pause until a task is done; the answers, each once.</summary>
    public async Task<IReadOnlyCollection<string>> CallUntilAsync(Task done, params string[] headers)
    {
        HashSet<string> answers = [];
        while (!done.IsCompleted)
        {
            foreach (var header in headers)
            {
                answers.Add($"{header}{(header.Length > 0 ? " -> " : "")}{(await CallAsync(header)).Text}");
            }
        }

        await done;
        return answers;
    }

    public void Dispose() => http.Dispose();
}
