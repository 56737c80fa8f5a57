using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Time.Testing;

namespace Orchestrator.Durable.Engine.Tests.Dispatch;

public sealed class StopTests
{
    [Fact]
    public async Task A_timer_that_comes_due_at_the_last_moment_of_a_stop_fires_in_the_next_host()
    {
        using var store = new TemporaryStore();
        var clock = new LastMomentClock();
        var first = await EngineHost.StartAsync(Register, store, clock: clock);
        await first.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", new StartOrchestrationOptions("s"));
        await first.Started("s");

        clock.IsLastMoment = true;
        await first.DisposeAsync();
        Assert.False(clock.IsLastMoment);

        await using var second = await EngineHost.StartAsync(Register, store, clock: clock);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await second.Completion("s")).RuntimeStatus);

        static void Register(DurableTaskRegistry tasks) =>
            tasks.AddOrchestratorFunc("Sleep", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None));
    }

    /// <summary>Makes what waits come due just before the first timer is disposed.</summary>
    private sealed class LastMomentClock() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
        public bool IsLastMoment { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(this, base.CreateTimer(callback, state, dueTime, period));

        private sealed class Timer(LastMomentClock clock, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                if (clock.IsLastMoment)
                {
                    clock.IsLastMoment = false;
                    clock.Advance(TimeSpan.FromHours(2));
                }

                timer.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
