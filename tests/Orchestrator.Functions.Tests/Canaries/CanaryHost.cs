using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Activities.Canaries;
using Orchestrator.Cluster;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Durable.Engine;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Durable.Testing;
using Orchestrator.Fakes;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Identity;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>The functions on the embedded host over a cluster in memory, spoken to by HTTP; tenant foo is ready.</summary>
internal sealed class CanaryHost : IAsyncDisposable
{
    private const string Canaries = "/api/tenants/foo/canaries";
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory directory = new();
    private readonly AcceleratedTime time = new(factor: 20);
    private WebApplication app = null!;
    private HttpClient http = null!;

    private CanaryHost()
    {
        Cluster = new(time);
        Before = Cluster.Rules;
    }

    public FakeCluster Cluster { get; }

    /// <summary>The rules before any canary.</summary>
    public string Before { get; }

    private string StorePath => directory["store.db"];

    public DurableTaskClient Client => app.Services.GetRequiredService<DurableTaskClient>();

    public Uri Address => http.BaseAddress!;

    /// <summary>What the host knows of whoever calls; default is that it asks nobody.</summary>
    public HostCaller Caller { get; set; } = HostCaller.Anybody;

    /// <summary>The time of the host, UTC.</summary>
    public DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>The key of links.</summary>
    public string? LinkKey { get; set; } = "a key of a test, of 32 characters";

    /// <summary>The hosts that canaries may call.</summary>
    private string? AllowedHosts { get; init; }

    private int TurnsPerHistory { get; init; }

    /// <param name="allowedHosts">The hosts that canaries may call.</param>
    /// <param name="turnsPerHistory">After how many turns of waiting runs go on with a new history: so few that there is no run that need not.</param>
    public static async Task<CanaryHost> StartAsync(string? allowedHosts = null, int turnsPerHistory = 1)
    {
        var host = new CanaryHost { AllowedHosts = allowedHosts, TurnsPerHistory = turnsPerHistory };
        await host.RunAsync();
        await host.HaveTenantAsync(new() { Tenant = "foo", Gateway = new() { Service = new(ServiceType.NodePort, []) } });
        return host;
    }

    /// <summary>Has tenant foo as it is said here, and ready.</summary>
    public async Task HaveTenantAsync(TenantSpec spec)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(
            "ReadyTenant", new TenantStart(TenantIntent.Onboard, spec), new StartOrchestrationOptions { InstanceId = TenantNames.Instance("foo") });
        await Client.WaitForInstanceCompletionAsync(id);
    }

    /// <summary>Stops the process and starts another one on the same store.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await RunAsync();
    }

    public async Task<(HttpStatusCode Code, JsonNode? Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Opens a page, as a browser does.</summary>
    public async Task<(HttpStatusCode Code, string Text)> OpenAsync(HttpMethod method, string url)
    {
        using var response = await http.SendAsync(new(method, new Uri(http.BaseAddress!, new Uri(url).PathAndQuery)));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Submits a canary of hello.</summary>
    public async Task<(HttpStatusCode Code, JsonNode? Body)> SubmitAsync(string version, string steps, string more = "")
    {
        var body = """{"service":"hello","candidate":{"version":"VERSION","image":"hello:VERSION"},"steps":[STEPS]MORE}"""
            .Replace("VERSION", version, StringComparison.Ordinal).Replace("STEPS", steps, StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal);
        return await SendAsync(HttpMethod.Post, Canaries, JsonNode.Parse(body));
    }

    public async Task SubmitAcceptedAsync(string version, string steps, string more = "")
    {
        var (code, body) = await SubmitAsync(version, steps, more);
        Assert.True(code == HttpStatusCode.Accepted, body?.ToJsonString());
    }

    public Task<(HttpStatusCode Code, JsonNode? Body)> SayAsync(string verb, object? body = null) =>
        SendAsync(HttpMethod.Post, $"{Canaries}/hello/{verb}", body ?? new { by = "ann", reason = "because" });

    public async Task SayAcceptedAsync(string verb)
    {
        var (code, body) = await SayAsync(verb);
        Assert.True(code == HttpStatusCode.Accepted, body?.ToJsonString());
    }

    public async Task<CanaryView> ViewAsync() => (await SendAsync(HttpMethod.Get, $"{Canaries}/hello")).Body.Deserialize<CanaryView>(Web)!;

    public async Task<IReadOnlyList<CanaryRecord>> HistoryAsync() =>
        (await SendAsync(HttpMethod.Get, $"{Canaries}/hello/history")).Body.Deserialize<List<CanaryRecord>>(Web)!;

    public async Task<CanaryView> UntilAsync(string what, Func<CanaryView, bool> condition)
    {
        CanaryView? last = null;
        try
        {
            return await Eventually.GetAsync(async () => condition(last = await ViewAsync()) ? last : null, Limit, what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} Last seen: {JsonSerializer.Serialize(last)}", e);
        }
    }

    public Task<CanaryView> UntilAsync(CanaryPhase phase) => UntilAsync($"{phase}", view => view.Phase == phase);

    /// <summary>Waits until a run has left nothing to do, its instance included.</summary>
    public async Task<CanaryRecord> EndOfRunAsync(int number)
    {
        var instance = await Client.WaitForInstanceCompletionAsync($"canary.foo.hello.{number}", getInputsAndOutputs: true).WaitAsync(Limit);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.RuntimeStatus);
        return instance.ReadOutputAs<CanaryRecord>()!;
    }

    /// <summary>How many events the history of a run has.</summary>
    public int EventsOf(int number)
    {
        var reader = app.Services.GetRequiredService<HistoryReader>();
        return reader.Events(reader.Instances().Single(instance => instance.Id == $"canary.foo.hello.{number}")).Count;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        directory.Dispose();
    }

    private async Task RunAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Configuration["Orchestrator:Webhooks:AllowedHosts"] = AllowedHosts;
        builder.Configuration["Orchestrator:Links:Key"] = LinkKey;
        builder.Configuration["Orchestrator:Canaries:TurnsPerHistory"] = $"{TurnsPerHistory}";
        builder.Services.AddOrchestrator(builder.Configuration);
        builder.Services.AddSingleton<IClusterDirectory>(Cluster);
        builder.Services.AddAccess(new ConfigurationBuilder().Build());
        builder.Services.AddFunctions(HostJson.Load(Repository.PathOf("host.json")), typeof(CanaryApi).Assembly, typeof(ShiftTraffic).Assembly);
        builder.Services.AddDurableEngine(engine => engine.StorePath = StorePath);
        app = builder.Build();
        app.Use((context, next) =>
        {
            context.Features.Set(Caller);
            return next(context);
        });
        app.UseRouting();
        app.MapFunctions();
        app.Services.GetRequiredService<DurableTaskRegistry>().AddOrchestratorFunc<TenantStart, TenantStatus>(
            "ReadyTenant", (_, _) => Task.FromResult(new TenantStatus(TenantPhase.Ready, [])));
        await app.StartAsync();
        http = new() { BaseAddress = new(app.Urls.Single()) };
    }

    /// <summary>Whatever a test did, today's code does the same over every history that it left.</summary>
    private void CheckReplay(DurableTaskRegistry registry)
    {
        var reader = new HistoryReader(StorePath);
        foreach (var instance in reader.Instances().Where(instance => instance.Id.StartsWith(CanaryNames.Prefix, StringComparison.Ordinal)))
        {
            OrchestrationReplay.Check(registry, new(instance.Id, reader.Events(instance)));
        }
    }

    private async Task StopAsync()
    {
        http.Dispose();
        await app.StopAsync();
        CheckReplay(app.Services.GetRequiredService<DurableTaskRegistry>());
        await app.DisposeAsync();
    }
}
