namespace Orchestrator.TestKit;

/// <summary>A clock that runs <paramref name="factor"/> times as fast as the system's, so that minutes of waiting pass in seconds.</summary>
public sealed class AcceleratedTime(double factor) : TimeProvider
{
    private readonly long started = System.GetTimestamp();
    private readonly DateTimeOffset began = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => began + (System.GetElapsedTime(started) * factor);

    public override long GetTimestamp() => (long)(System.GetElapsedTime(started).Ticks * factor);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Scaled(dueTime), Scaled(period)), this);

    private TimeSpan Scaled(TimeSpan time) => time <= TimeSpan.Zero ? time : TimeSpan.FromTicks(Math.Max(1, (long)(time.Ticks / factor)));

    private sealed class Timer(ITimer inner, AcceleratedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(time.Scaled(dueTime), time.Scaled(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
