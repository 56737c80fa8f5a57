using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Durable.Engine;

namespace Orchestrator.Bench;

/// <summary>Measures the engine on a store of its own, on the disk, with every commit flushed.</summary>
internal sealed class EngineBench : IAsyncDisposable
{
    public const int ActivitiesPerOrchestration = 5;

    private readonly IHost host;
    private readonly DurableTaskClient client;

    private EngineBench(IHost host)
    {
        this.host = host;
        client = host.Services.GetRequiredService<DurableTaskClient>();
    }

    public static async Task<EngineBench> StartAsync(string store)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(Tasks());
        builder.Services.AddDurableEngine(options => options.StorePath = store);
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    /// <summary>Orchestrations per second of five activities one after the other, with so many in flight all the time.</summary>
    public async Task<double> ThroughputAsync(int orchestrations, int inFlight)
    {
        var next = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) <= orchestrations)
            {
                var id = await client.ScheduleNewOrchestrationInstanceAsync("Sequence");
                await client.WaitForInstanceCompletionAsync(id);
            }
        }));
        return orchestrations / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Activities per second of so many orchestrations at the same time that each call so many activities at once.</summary>
    public async Task<double> FanOutAsync(int orchestrations, int activities)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, orchestrations).Select(async _ =>
            await client.WaitForInstanceCompletionAsync(await client.ScheduleNewOrchestrationInstanceAsync("FanOut", activities))));
        return orchestrations * activities / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Starts instances that wait for an event and a timer.</summary>
    public Task StartWaitingAsync(int instances) => Task.WhenAll(Enumerable.Range(0, instances).Select(async _ =>
        await client.WaitForInstanceStartAsync(await client.ScheduleNewOrchestrationInstanceAsync("Wait", 1))));

    /// <summary>Milliseconds per step of an instance that runs alone: from one activity's beginning to the next one's.</summary>
    public async Task<IReadOnlyList<double>> StepsAsync(int steps)
    {
        Stamps.Clear();
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Steps", steps);
        await client.WaitForInstanceCompletionAsync(id);
        return [.. Stamps.Zip(Stamps.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b).TotalMilliseconds)];
    }

    /// <summary>Milliseconds from raising an event until the code that waits for it has gone on.</summary>
    public async Task<IReadOnlyList<double>> EventsAsync(int events)
    {
        Stamps.Clear();
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Events", events);
        await client.WaitForInstanceStartAsync(id);
        List<double> latencies = [];
        for (var i = 0; i < events; i++)
        {
            var raised = Stopwatch.GetTimestamp();
            await client.RaiseEventAsync(id, "E");
            while (Volatile.Read(ref resumed) <= i)
                await Task.Yield();
            latencies.Add(Stopwatch.GetElapsedTime(raised, Volatile.Read(ref resumedAt)).TotalMilliseconds);
        }

        await client.WaitForInstanceCompletionAsync(id);
        return latencies;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private static readonly List<long> Stamps = [];
    private static int resumed;
    private static long resumedAt;

    private static DurableTaskRegistry Tasks() => new DurableTaskRegistry()
        .AddOrchestratorFunc<int>("Sequence", async context =>
        {
            var sum = 0;
            for (var i = 0; i < ActivitiesPerOrchestration; i++)
                sum = await context.CallActivityAsync<int>("Add", sum);
            return sum;
        })
        .AddOrchestratorFunc<int>("FanOut", (context, activities) =>
            Task.WhenAll(Enumerable.Range(0, activities).Select(i => context.CallActivityAsync<int>("Add", i))))
        .AddOrchestratorFunc<int>("Wait", (context, n) => context.WaitForExternalEvent<int>("E", TimeSpan.FromDays(n)))
        .AddOrchestratorFunc<int>("Steps", async (context, steps) =>
        {
            for (var i = 0; i < steps; i++)
            {
                await context.CallActivityAsync("Stamp");
                if (i % 20 == 19)
                {
                    context.ContinueAsNew(steps - i - 1);
                    return;
                }
            }
        })
        .AddOrchestratorFunc<int>("Events", async (context, events) =>
        {
            for (var i = 0; i < events; i++)
            {
                await context.WaitForExternalEvent<object>("E");
                if (!context.IsReplaying)
                {
                    Volatile.Write(ref resumedAt, Stopwatch.GetTimestamp());
                    Interlocked.Increment(ref resumed);
                }
            }
        })
        .AddActivityFunc<int, int>("Add", (_, n) => n + 1)
        .AddActivityFunc("Stamp", (TaskActivityContext _) => Stamps.Add(Stopwatch.GetTimestamp()));
}
