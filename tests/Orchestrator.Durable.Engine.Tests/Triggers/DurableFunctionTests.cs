using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

public sealed class DurableFunctionTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();

    [Fact]
    public async Task An_orchestrator_gets_its_context_and_input_and_gives_its_result()
    {
        var context = Mock.Of<TaskOrchestrationContext>(each => each.InstanceId == "tenant.foo");
        var orchestrator = Orchestrator("Describe");

        Assert.Equal((typeof(int), typeof(string)), (orchestrator.InputType, orchestrator.OutputType));
        Assert.Equal("tenant.foo 7", await orchestrator.RunAsync(context, 7));
        Assert.Equal("tenant.foo 0", await orchestrator.RunAsync(context, null));
    }

    [Fact]
    public async Task An_orchestrator_without_input_and_result_has_null_for_both() =>
        Assert.Null(await Orchestrator("Nothing").RunAsync(Mock.Of<TaskOrchestrationContext>(), "unused"));

    [Fact]
    public async Task What_an_orchestrator_throws_comes_out_as_it_is() =>
        Assert.Equal(
            "no",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => Orchestrator("Throw").RunAsync(Mock.Of<TaskOrchestrationContext>(), null)))
                .Message);

    [Fact]
    public void An_orchestrator_stays_on_its_synchronization_context()
    {
        var gate = new TaskCompletionSource();
        var context = new Mock<TaskOrchestrationContext>();
        context.Setup(each => each.CreateTimer(It.IsAny<DateTime>(), default)).Returns(gate.Task);
        var thread = new SingleThread();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(thread);
        try
        {
            var run = Orchestrator("Wait").RunAsync(context.Object, null);
            gate.SetResult();
            thread.RunAll();

            Assert.True(run.IsCompletedSuccessfully);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public async Task Each_call_of_an_activity_has_services_of_its_own_which_end_with_it()
    {
        await using var services = Services();
        var activity = Activity("UseScope", services);

        var first = (Resource)(await activity.RunAsync(Mock.Of<TaskActivityContext>(), null))!;
        var second = (Resource)(await activity.RunAsync(Mock.Of<TaskActivityContext>(), null))!;

        Assert.NotSame(first, second);
        Assert.True(first.IsDisposed && second.IsDisposed);
    }

    [Fact]
    public async Task An_activity_knows_its_function()
    {
        await using var services = Services();

        Assert.Equal("WhoAmI: foo", await Activity("WhoAmI", services).RunAsync(Mock.Of<TaskActivityContext>(), "foo"));
    }

    [Fact]
    [Scenario(13)]
    public async Task An_activity_that_does_not_heed_its_cancellation_is_not_waited_for_for_ever()
    {
        using var gate = new ManualResetEventSlim();
        await using var services = Services(gate);

        var run = Activity("Block", services, new HostJson { FunctionTimeout = TimeSpan.FromMinutes(10) })
            .RunAsync(Mock.Of<TaskActivityContext>(), null);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(run.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<TimeoutException>(() => run);
        gate.Set();
    }

    [Fact]
    [Scenario(13)]
    public async Task An_activity_that_takes_too_long_is_cancelled_and_fails_with_a_timeout()
    {
        await using var services = Services();

        var run = Activity("WaitForever", services, new HostJson { FunctionTimeout = TimeSpan.FromMinutes(10) })
            .RunAsync(Mock.Of<TaskActivityContext>(), null);
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.False(run.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(1));

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => run);
        Assert.Contains("'WaitForever' took longer than functionTimeout of host.json, 00:10:00", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_stops_cancels_an_activity_with_its_own_token()
    {
        await using var services = Services();

        var run = Activity("WaitForever", services).RunAsync(Mock.Of<TaskActivityContext>(), null);
        await _stopping.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(_stopping.Token, cancelled.CancellationToken);
    }

    [Fact]
    public async Task A_cancellation_that_is_the_activitys_own_stays_its_own()
    {
        await using var services = Services();

        var failure = await Assert.ThrowsAsync<TaskCanceledException>(
            () => Activity("CancelItself", services).RunAsync(Mock.Of<TaskActivityContext>(), null));

        Assert.Equal("its own", failure.Message);
    }

    private static ITaskOrchestrator Orchestrator(string name) =>
        FunctionDiscovery.Find(new HostJson(), [typeof(Orchestrators)]).Registry.GetOrchestrators()
            .Single(each => each.Key == name).Value(Mock.Of<IServiceProvider>());

    private static ITaskActivity Activity(string name, IServiceProvider services, HostJson? hostJson = null) =>
        FunctionDiscovery.Find(hostJson ?? new HostJson(), [typeof(Activities)]).Registry.GetActivities()
            .Single(each => each.Key == name).Value(services);

    private ServiceProvider Services(ManualResetEventSlim? gate = null) => new ServiceCollection()
        .AddScoped<Resource>()
        .AddSingleton(gate ?? new(initialState: true))
        .AddSingleton<TimeProvider>(_time)
        .AddSingleton(Mock.Of<IHostApplicationLifetime>(each => each.ApplicationStopping == _stopping.Token))
        .BuildServiceProvider();

    private static class Orchestrators
    {
        [Function("Describe")]
        public static async Task<string> DescribeAsync([OrchestrationTrigger] TaskOrchestrationContext context, int count)
        {
            await Task.CompletedTask;
            return $"{context.InstanceId} {count}";
        }

        [Function("Nothing")]
        public static Task NothingAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
            context is null ? throw new InvalidOperationException() : Task.CompletedTask;

        [Function("Throw")]
        public static Task ThrowAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
            throw new InvalidOperationException(context is null ? "" : "no");

        [Function("Wait")]
        public static async Task<int> WaitAsync([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            await context.CreateTimer(DateTime.UnixEpoch, default);
            return 1;
        }
    }

    private sealed class Activities(Resource resource)
    {
        [Function("UseScope")]
        public Resource UseScope([ActivityTrigger] FunctionContext context) =>
            ReferenceEquals(resource, context.InstanceServices.GetService<Resource>()) && !resource.IsDisposed
                ? resource
                : throw new InvalidOperationException("The services of the invocation are not those of its object.");

        [Function("WhoAmI")]
        public static string WhoAmI([ActivityTrigger] string input, FunctionContext context) => $"{context.FunctionDefinition.Name}: {input}";

        [Function("WaitForever")]
        public static Task WaitForeverAsync([ActivityTrigger] FunctionContext context, CancellationToken cancellation) =>
            cancellation == context.CancellationToken ? Task.Delay(Timeout.Infinite, cancellation) : throw new InvalidOperationException();

        [Function("Block")]
        public static void Block([ActivityTrigger] FunctionContext context) =>
            context.InstanceServices.GetRequiredService<ManualResetEventSlim>().Wait(CancellationToken.None);

        [Function("CancelItself")]
        public static Task CancelItselfAsync([ActivityTrigger] FunctionContext context) =>
            Task.FromException(new TaskCanceledException(context is null ? "" : "its own"));
    }

    private sealed class Resource : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class SingleThread : SynchronizationContext
    {
        private readonly Queue<Action> _posted = new();

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue(() => d(state));

        public void RunAll()
        {
            while (_posted.TryDequeue(out var next))
            {
                next();
            }
        }
    }
}
