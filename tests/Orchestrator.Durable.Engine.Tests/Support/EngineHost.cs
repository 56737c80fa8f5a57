using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Inspection;
using Orchestrator.Durable.Engine.Store;

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

    public DurableStore Store => host.Services.GetRequiredService<DurableEngine>().Store;

    public InstanceInspector Inspector => host.Services.GetRequiredService<InstanceInspector>();

    /// <summary>Starts a host on a file of its own.</summary>
    public static Task<EngineHost> StartAsync(
        Action<DurableTaskRegistry> tasks,
        Action<DurableEngineOptions>? configure = null,
        FakeTimeProvider? clock = null,
        Action<IServiceCollection>? services = null) => StartAsync(StoreKind.File, tasks, configure, clock, services);

    /// <summary>Starts a host on a store of its own.</summary>
    public static Task<EngineHost> StartAsync(
        StoreKind store,
        Action<DurableTaskRegistry> tasks,
        Action<DurableEngineOptions>? configure = null,
        FakeTimeProvider? clock = null,
        Action<IServiceCollection>? services = null)
    {
        var owned = store is StoreKind.File ? new TemporaryStore() : null;
        return StartAsync(owned?.Path ?? DurableEngineOptions.InMemory, owned, tasks, configure, clock, services);
    }

    /// <summary>Starts a host on a store that outlives it.</summary>
    public static Task<EngineHost> StartAsync(
        Action<DurableTaskRegistry> tasks,
        TemporaryStore store,
        Action<DurableEngineOptions>? configure = null,
        FakeTimeProvider? clock = null,
        Action<IServiceCollection>? services = null) => StartAsync(store.Path, null, tasks, configure, clock, services);

    private static async Task<EngineHost> StartAsync(
        string path,
        TemporaryStore? owned,
        Action<DurableTaskRegistry> tasks,
        Action<DurableEngineOptions>? configure,
        FakeTimeProvider? clock,
        Action<IServiceCollection>? services)
    {
        var registry = new DurableTaskRegistry();
        tasks(registry);
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

    public Task Schedule(string name, string id, object? input = null) =>
        Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id));

    /// <summary>Starts an instance and waits until its first turn is committed.</summary>
    public async Task Begin(string name, string id, object? input = null)
    {
        await Schedule(name, id, input);
        await Started(id);
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

    public Task Recorded<T>(string id, int count = 1)
        where T : HistoryEvent =>
        Expect.Until(() => History(id).OfType<T>().Count() == count, $"{count} {typeof(T).Name} in the history of {id}");

    /// <summary>Puts an event into the inbox of an instance, as a late or repeated message would.</summary>
    public Task Post(string id, HistoryEvent @event, string? executionId = null) => Store.RunAsync(new Posting(id, @event, executionId));

    public IReadOnlyList<HistoryEvent> History(string id) => Histories.Events(Histories.Find(id)!);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        owned?.Dispose();
    }

    private sealed class Posting(string id, HistoryEvent @event, string? executionId) : StoreOperation<int>
    {
        protected override int Write(StoreTables tables)
        {
            tables.Post(Effects, tables.Find(id)!.Key, @event, executionId);
            return 0;
        }
    }
}
