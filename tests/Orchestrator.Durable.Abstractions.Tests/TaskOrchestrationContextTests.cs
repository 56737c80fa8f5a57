using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Moq;
using Moq.Protected;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class TaskOrchestrationContextTests
{
    private readonly Mock<TaskOrchestrationContext> _context = new() { CallBase = true };

    [Fact]
    public async Task Every_way_to_call_an_activity_ends_in_the_one_that_a_host_or_mock_implements()
    {
        var options = new TaskOptions(tags: new Dictionary<string, string>());
        _context.Setup(context => context.CallActivityAsync<int>("Count", null, options)).ReturnsAsync(3);
        _context.Setup(context => context.CallActivityAsync<object>("Ensure", "foo", null)).ReturnsAsync(new object());

        Assert.Equal(3, await _context.Object.CallActivityAsync<int>("Count", options));
        await _context.Object.CallActivityAsync("Ensure", "foo");

        _context.Verify(context => context.CallActivityAsync<object>("Ensure", "foo", null), Times.Once);
    }

    [Fact]
    public async Task A_delay_counts_from_the_time_of_the_orchestration()
    {
        var now = new DateTime(2026, 3, 29, 0, 0, 0, DateTimeKind.Utc);
        _context.Setup(context => context.CurrentUtcDateTime).Returns(now);
        _context.Setup(context => context.CreateTimer(now.AddHours(2), CancellationToken.None)).Returns(Task.CompletedTask).Verifiable();

        await _context.Object.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None);

        _context.Verify();
    }

    [Fact]
    public async Task An_event_that_comes_in_time_cancels_the_timer()
    {
        var timer = CaptureTimer();
        _context.Setup(context => context.WaitForExternalEvent<string>("approve", It.IsAny<CancellationToken>())).ReturnsAsync("yes");

        Assert.Equal("yes", await _context.Object.WaitForExternalEvent<string>("approve", TimeSpan.FromMinutes(1)));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => timer.Task);
    }

    [Fact]
    public async Task An_event_that_does_not_come_in_time_is_a_cancelled_task()
    {
        var timer = CaptureTimer();
        var waiter = new TaskCompletionSource<string>();
        _context.Setup(context => context.WaitForExternalEvent<string>("approve", It.IsAny<CancellationToken>()))
            .Callback((string _, CancellationToken token) => token.Register(() => waiter.TrySetCanceled(token)))
            .Returns(waiter.Task);

        var wait = _context.Object.WaitForExternalEvent<string>("approve", TimeSpan.FromMinutes(1));
        Assert.False(wait.IsCompleted);
        timer.SetResult();

        await Assert.ThrowsAsync<TaskCanceledException>(() => wait);
    }

    [Fact]
    public void A_new_generation_keeps_unprocessed_events_unless_told_otherwise()
    {
        _context.Object.ContinueAsNew(new ContinueAsNewOptions { NewInput = 7 });
        _context.Object.ContinueAsNew(new ContinueAsNewOptions { NewInput = 8, PreserveUnprocessedEvents = false });

        _context.Verify(context => context.ContinueAsNew(7, true), Times.Once);
        _context.Verify(context => context.ContinueAsNew(8, false), Times.Once);
        Assert.Throws<NotSupportedException>(() => _context.Object.ContinueAsNew(new ContinueAsNewOptions { NewVersion = "2" }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_replay_safe_logger_writes_only_what_happens_for_the_first_time(bool isReplaying)
    {
        var logger = new Mock<ILogger>();
        logger.Setup(log => log.IsEnabled(LogLevel.Information)).Returns(true);
        var factory = Mock.Of<ILoggerFactory>(each => each.CreateLogger("Canary") == logger.Object);
        _context.Protected().SetupGet<ILoggerFactory>("LoggerFactory").Returns(factory);
        _context.Setup(context => context.IsReplaying).Returns(isReplaying);

        ILogger[] loggers =
            [_context.Object.CreateReplaySafeLogger("Canary"), _context.Object.ReplaySafeLoggerFactory.CreateLogger("Canary")];
        foreach (var safe in loggers)
            safe.Log(LogLevel.Information, default, "step", null, (state, _) => state);

        var written = logger.Invocations.Count(call => call.Method.Name == nameof(ILogger.Log));
        Assert.Equal(isReplaying ? 0 : 2, written);
    }

    [Fact]
    public void A_context_around_another_one_asks_once_whether_it_replays()
    {
        var logger = new Mock<ILogger>();
        _context.Protected().SetupGet<ILoggerFactory>("LoggerFactory")
            .Returns(Mock.Of<ILoggerFactory>(each => each.CreateLogger("Canary") == logger.Object));
        var outer = new Mock<TaskOrchestrationContext> { CallBase = true };
        outer.Protected().SetupGet<ILoggerFactory>("LoggerFactory").Returns(_context.Object.ReplaySafeLoggerFactory);
        outer.Setup(context => context.IsReplaying).Returns(() => _context.Object.IsReplaying);

        outer.Object.CreateReplaySafeLogger("Canary").Log(LogLevel.Information, default, "step", null, (state, _) => state);

        _context.VerifyGet(context => context.IsReplaying, Times.Once);
        Assert.Single(logger.Invocations);
        Assert.Same(outer.Object.ReplaySafeLoggerFactory, outer.Object.ReplaySafeLoggerFactory);
    }

    [Fact]
    public void A_context_that_gets_its_loggers_from_itself_says_so_instead_of_ending_the_process()
    {
        _context.Protected().SetupGet<ILoggerFactory>("LoggerFactory").Returns(() => _context.Object.ReplaySafeLoggerFactory);

        Assert.Throws<InvalidOperationException>(() => _context.Object.CreateReplaySafeLogger("Canary"));
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "1.0", -1)]
    [InlineData("1.0", "", 1)]
    [InlineData("1.10", "1.9", 1)]
    [InlineData("beta", "BETA", 0)]
    [InlineData("alpha", "beta", -1)]
    public void Versions_compare_as_numbers_where_they_are_numbers(string own, string other, int sign)
    {
        _context.Setup(context => context.Version).Returns(own);

        Assert.Equal(sign, Math.Sign(_context.Object.CompareVersionTo(other)));
    }

    private TaskCompletionSource CaptureTimer()
    {
        var timer = new TaskCompletionSource();
        _context.Setup(context => context.CreateTimer(It.IsAny<DateTime>(), It.IsAny<CancellationToken>()))
            .Callback((DateTime _, CancellationToken token) => token.Register(() => timer.TrySetCanceled(token)))
            .Returns(timer.Task);
        return timer;
    }
}
