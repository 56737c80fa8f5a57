using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.Inspection;
using Orchestrator.Durable.Engine.Management;
using Orchestrator.Durable.Engine.Store;
using Orchestrator.Durable.Engine.Tests.Faults;
using Orchestrator.Durable.Engine.Tests.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Management;

/// <summary>The management API over the real engine, with instances in every state.</summary>
internal sealed class ManagementHost : IAsyncDisposable
{
    private const int MaxPayload = 1000;

    private readonly TemporaryStore store = new();
    private FunctionsHost host = null!;

    /// <summary>The route that the last request met, with its verb.</summary>
    public (string Verb, string Route)? Last { get; private set; }

    public IEnumerable<RouteEndpoint> Endpoints => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>();

    private DurableTaskClient Client => host.Services.GetRequiredService<DurableTaskClient>();

    /// <param name="client">In the place of the engine's.</param>
    public static async Task<ManagementHost> StartAsync(DurableTaskClient? client = null)
    {
        var registry = new DurableTaskRegistry();
        SimpleTasks.Register(registry);
        var management = new ManagementHost();
        management.host = await FunctionsHost.StartAsync(
            services =>
            {
                services.AddSingleton(registry).AddDurableEngine(engine =>
                {
                    engine.StorePath = management.store.Path;
                    engine.MaxPayloadBytes = MaxPayload;
                });
                if (client is not null)
                {
                    services.AddSingleton(client);
                }
            },
            app =>
            {
                app.Use(management.Observe);
                app.MapDurableTaskApi();
            });
        return management;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync("GET", path);

    public Task<HttpResponseMessage> PostAsync(string path, string body = "") => SendAsync("POST", path, body);

    public Task<HttpResponseMessage> DeleteAsync(string path) => SendAsync("DELETE", path);

    public Task<HttpResponseMessage> SendAsync(string verb, string path, string body = "", params IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(new(verb), $"{DurableTaskApi.BasePath}/{path}")
        {
            Content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return host.Client.SendAsync(request);
    }

    /// <summary>The instance <c>i</c> waits for event <c>E</c>.</summary>
    public async Task<ManagementHost> RunningAsync(string id = "i")
    {
        await Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions(id));
        await Expect.Within(Client.WaitForInstanceStartAsync(id), "the start");
        return this;
    }

    public async Task<ManagementHost> SuspendedAsync()
    {
        await RunningAsync();
        await Client.SuspendInstanceAsync("i");
        await Expect.Until(
            () => host.Services.GetRequiredService<DurableEngine>().Store.Reader.Find("i")!.Status is OrchestrationRuntimeStatus.Suspended,
            "the instance is suspended");
        return this;
    }

    public Task<ManagementHost> CompletedAsync() => EndedAsync("Done");

    public Task<ManagementHost> FailedAsync() => EndedAsync("Break");

    public async Task<ManagementHost> QuarantinedAsync()
    {
        await RunningAsync();
        return Vandalize("UPDATE instances SET quarantine = 'its code ends the process'");
    }

    /// <summary>Changes the file beside the engine.</summary>
    public ManagementHost Vandalize(string sql)
    {
        using var vandal = new StoreDatabase(store.Path, pooling: false).OpenWriter();
        vandal.Execute(sql);
        return this;
    }

    /// <summary>Nothing can be written any more.</summary>
    public async Task<ManagementHost> WithoutDiskAsync()
    {
        (await BrokenDisk.OfAsync(host.Services.GetRequiredService<DurableEngine>().Store)).Set("query_only = 1");
        return this;
    }

    /// <summary>Nothing can be read any more.</summary>
    public ManagementHost Unreadable() => Vandalize(
        """
        PRAGMA writable_schema = 1;
        INSERT INTO sqlite_schema VALUES ('table', 'odd', 'odd', 0, 'CREATE TABLE odd (');
        PRAGMA schema_version = 1000;
        """);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        store.Dispose();
    }

    private async Task<ManagementHost> EndedAsync(string name)
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(name, new StartOrchestrationOptions("i"));
        await Expect.Within(Client.WaitForInstanceCompletionAsync("i"), "the end");
        return this;
    }

    private Task Observe(HttpContext context, RequestDelegate next)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        Last = (context.Request.Method, route?.Replace(DurableTaskApi.BasePath + "/", "", StringComparison.Ordinal) ?? "");

        // What the server makes of a body that comes too slowly.
        if (context.Request.Headers.ContainsKey("x-slow"))
        {
            context.Request.Body = new SlowBody();
        }

        return next(context);
    }

    private sealed class SlowBody : MemoryStream
    {
        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            throw new BadHttpRequestException("The body comes too slowly.", StatusCodes.Status408RequestTimeout);
    }
}
