using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Durable.Engine.Dispatch;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Dispatch;

public sealed class TimerQueueTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Messages_are_delivered_when_due_in_their_order_and_cancelled_ones_never() =>
        Gen.Select(Gen.Int[0, 100], Gen.Bool).Array[1, 30].Sample(timers =>
        {
            var clock = new FakeTimeProvider(new(Start));
            List<(DateTime Due, long Id)> delivered = [];
            using var queue = new TimerQueue(clock, message => delivered.Add((message.Due!.Value, message.Id)));
            List<(DateTime Due, long Id)> expected = [];
            for (var i = 0; i < timers.Length; i++)
            {
                var (seconds, cancelled) = timers[i];
                var due = Start.AddSeconds(seconds);
                queue.Add(new(i + 1, 7, "e", due, new TimerFired(i, due)));
                if (cancelled && seconds > 0)
                    Assert.Equal(i + 1, queue.Remove(7, i));
                else
                    expected.Add((due, i + 1));
            }

            for (var second = 0; second <= 100; second++)
            {
                Assert.All(delivered, message => Assert.True(message.Due <= clock.GetUtcNow().UtcDateTime));
                Assert.Equal(expected.Count(message => message.Due <= clock.GetUtcNow().UtcDateTime), delivered.Count);
                clock.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.Equal(expected.Order(), delivered.OrderBy(message => message.Due).ThenBy(message => message.Id));
            Assert.Equal(delivered.Select(message => message.Due).Order(), delivered.Select(message => message.Due));
            Assert.Equal(0, queue.Count);
            Assert.Null(queue.Remove(7, 0));
        });

    [Fact]
    [Scenario(9)]
    public void A_clock_that_is_set_forward_is_noticed_within_half_a_minute()
    {
        var clock = new JumpingClock(new(Start));
        var delivered = 0;
        using var queue = new TimerQueue(clock, _ => delivered++);
        queue.Add(new(1, 7, "e", Start.AddDays(1), new TimerFired(0, Start.AddDays(1))));
        clock.Jump = TimeSpan.FromDays(2);
        Assert.Equal(0, delivered);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, delivered);
    }

    /// <summary>Its time of day jumps while its timers run on, as when an operator sets the system's clock.</summary>
    private sealed class JumpingClock(DateTimeOffset start) : FakeTimeProvider(start)
    {
        public TimeSpan Jump { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Jump;
    }
}
