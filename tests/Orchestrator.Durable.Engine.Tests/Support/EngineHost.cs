using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Inspection;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>A host over a store file that outlives it, with a clock that the test turns.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly IHost host;
    private readonly TemporaryStore? owned;
    private readonly string path;

    private EngineHost(IHost host, FakeTimeProvider clock, string path, TemporaryStore? owned)
    {
        this.host = host;
        this.path = path;
        this.owned = owned;
        Clock = clock;
        Client = host.Services.GetRequiredService<DurableTaskClient>();
    }

    public DurableTaskClient Client { get; }

    public FakeTimeProvider Clock { get; }

    public string StorePath => path;

    public HistoryReader Histories => host.Services.GetRequiredService<HistoryReader>();

    public InstanceInspector Inspector => host.Services.GetRequiredService<InstanceInspector>();

    public static async Task<EngineHost> StartAsync(
        Action<DurableTaskRegistry> tasks,
        TemporaryStore? store = null,
        Action<DurableEngineOptions>? configure = null,
        FakeTimeProvider? clock = null,
        Action<IServiceCollection>? services = null)
    {
        var registry = new DurableTaskRegistry();
        tasks(registry);
        var owned = store is null ? new TemporaryStore() : null;
        var path = (store ?? owned)!.Path;
        clock ??= new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(registry);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddDurableEngine(options =>
        {
            options.StorePath = path;
            configure?.Invoke(options);
        });
        services?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new(host, clock, path, owned);
    }

    /// <summary>Starts an instance and returns how it ended.</summary>
    public async Task<OrchestrationMetadata> Run(string name, object? input = null, string? id = null) =>
        await Completion(await Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id)));

    public Task<OrchestrationMetadata> Completion(string id) =>
        Expect.Within(Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true), $"the end of instance {id}");

    public Task<OrchestrationMetadata> Started(string id) =>
        Expect.Within(Client.WaitForInstanceStartAsync(id, getInputsAndOutputs: true), $"the start of instance {id}");

    public Task CustomStatus(string id, string json) =>
        Expect.Until(() => Histories.Find(id)?.CustomStatus == json, $"the custom status of {id} is {json}");

    public Task Status(string id, OrchestrationRuntimeStatus status) =>
        Expect.Until(() => Histories.Find(id)?.Status == status, $"instance {id} is {status}");

    public IReadOnlyList<HistoryEvent> History(string id) => Histories.Events(Histories.Find(id)!);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        owned?.Dispose();
    }
}
