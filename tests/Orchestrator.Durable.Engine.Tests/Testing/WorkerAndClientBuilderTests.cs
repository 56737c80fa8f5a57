using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Testing;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Testing;

public sealed class WorkerAndClientBuilderTests
{
    [Fact]
    public async Task A_worker_and_a_client_in_one_host_find_each_other()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDurableTaskWorker().AddTasks(Echo);
        builder.Services.AddDurableTaskClient(client => client.RegisterDirectly());
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<DurableTaskClient>();
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Echo", "hello");
        var ended = await Expect.Within(client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true), "the echo");
        Assert.Equal("hello", ended.ReadOutputAs<string>());
        await host.StopAsync();
    }

    [Fact]
    public async Task An_application_under_test_gets_the_engine_among_its_services()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddInMemoryDurableTask(Echo, new() { Port = 1 });
        using var host = builder.Build();
        await host.StartAsync();
        Assert.NotNull(host.Services.GetInMemoryOrchestrationService());
        Assert.NotNull(host.Services.GetRequiredService<DurableTaskClient>());
        await host.StopAsync();
    }

    [Fact]
    public async Task Clients_have_names_and_each_its_own_options()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks.AddOrchestratorFunc<string>("Main", context => context.Version),
            services: services => services.AddDurableTaskClient("other", client => client.UseDefaultVersion("2")));
        var provider = host.Services.GetRequiredService<IDurableTaskClientProvider>();
        Assert.Same(host.Client, provider.GetClient());
        var other = provider.GetClient("other");
        Assert.Equal("other", other.Name);
        Assert.Equal("2", (await host.Ended(await other.ScheduleNewOrchestrationInstanceAsync("Main"))).ReadOutputAs<string>());
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => provider.GetClient("Other"));
        Assert.Contains("'', 'other'", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_converter_among_the_services_is_used_unless_an_option_names_another()
    {
        var camelCase = new JsonDataConverter(new(JsonSerializerDefaults.Web));
        await using var host = await TestHosts.StartAsync(
            tasks => tasks.AddOrchestratorFunc<Order, Order>("Main", (_, order) => order),
            services: services => services
                .AddSingleton<DataConverter>(camelCase)
                .AddDurableTaskClient("plain", plain => plain.Configure(options => options.DataConverter = JsonDataConverter.Default)));
        var ended = await host.Run("Main", new Order(7));
        Assert.Equal(("""{"number":7}""", """{"number":7}"""), (ended.SerializedInput, ended.SerializedOutput));
        var plain = host.Services.GetRequiredService<IDurableTaskClientProvider>().GetClient("plain");
        var sent = await host.Ended(await plain.ScheduleNewOrchestrationInstanceAsync("Main", new Order(8)));
        Assert.Equal("""{"Number":8}""", sent.SerializedInput);
    }

    [Fact]
    public async Task Options_of_the_worker_reach_the_engine()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Main", context => context.CreateTimer(TimeSpan.FromMilliseconds(50), CancellationToken.None)),
            worker => worker.Configure(options =>
            {
                options.MaximumTimerInterval = TimeSpan.FromMilliseconds(20);
                options.Concurrency.MaximumConcurrentActivityWorkItems = 3;
                options.Concurrency.MaximumConcurrentOrchestrationWorkItems = 2;
            }));
        var id = (await host.Run("Main")).InstanceId;
        var histories = host.Services.GetRequiredService<HistoryReader>();
        Assert.True(histories.Events(histories.Find(id)!).OfType<TimerCreated>().Count() > 1);
        var engine = host.Services.GetRequiredService<DurableEngineOptions>();
        Assert.Equal((3, 2), (engine.MaxConcurrentActivities, engine.MaxConcurrentOrchestrations));
    }

    [Fact]
    public async Task A_limit_that_is_none_is_refused_at_the_start() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => TestHosts.StartAsync(
            Echo, worker => worker.Configure(options => options.Concurrency.MaximumConcurrentActivityWorkItems = 0)));

    [Fact]
    public void Asking_for_a_name_again_goes_on_with_its_builder()
    {
        var services = new ServiceCollection();
        var worker = services.AddDurableTaskWorker();
        var client = services.AddDurableTaskClient("c");
        Assert.Same(worker, services.AddDurableTaskWorker(""));
        Assert.Same(client, services.AddDurableTaskClient("c"));
        Assert.NotSame(client, services.AddDurableTaskClient());
    }

    [Fact]
    public void Two_workers_in_one_process_are_refused_by_name()
    {
        var services = new ServiceCollection();
        services.AddDurableTaskWorker("first");
        services.AddDurableTaskWorker("second");
        using var provider = services.BuildServiceProvider();
        Assert.Contains(
            "'first', 'second'",
            Assert.Throws<NotSupportedException>(() => provider.GetServices<IHostedService>().ToArray()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_without_a_worker_says_what_is_missing()
    {
        var services = new ServiceCollection();
        services.AddDurableTaskClient();
        using var provider = services.BuildServiceProvider();
        var failure = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<DurableTaskClient>);
        Assert.Contains("AddDurableTaskWorker", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_kind_of_worker_gets_its_name_its_tasks_and_its_options()
    {
        var services = new ServiceCollection();
        services.AddDurableTaskWorker("own", worker => worker
            .UseBuildTarget<OwnWorker, OwnOptions>()
            .AddTasks(Echo)
            .Configure(options => options.MaximumTimerInterval = TimeSpan.FromHours(1)));
        using var provider = services.BuildServiceProvider();
        var built = Assert.IsType<OwnWorker>(provider.GetServices<IHostedService>().Single());
        Assert.Equal("own", built.Shown);
        Assert.True(built.Makes("Echo", provider));
        Assert.False(built.Makes("Other", provider));
        Assert.Equal(TimeSpan.FromHours(1), provider.GetRequiredService<IOptionsMonitor<OwnOptions>>().Get("own").MaximumTimerInterval);
        Assert.Throws<ArgumentException>(() => services.AddDurableTaskWorker("own").BuildTarget = typeof(string));
        Assert.Throws<ArgumentException>(() => services.AddDurableTaskClient().UseBuildTarget(typeof(string)));
    }

    private static void Echo(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<string, string>("Echo", (_, input) => input);

    private sealed record Order(int Number);

    private sealed class OwnOptions : DurableTaskWorkerOptions;

    private sealed class OwnWorker(string name, IDurableTaskFactory factory) : DurableTaskWorker(name, factory)
    {
        public string Shown => Name;

        public bool Makes(string task, IServiceProvider services) => Factory.TryCreateOrchestrator(task, services, out _);

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
