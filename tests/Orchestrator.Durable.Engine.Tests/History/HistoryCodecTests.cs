using System.Text;
using CsCheck;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.History;

public sealed class HistoryCodecTests
{
    private static readonly Dictionary<string, string> Tags = new() { ["a"] = "1" };

    private static readonly Failure Failure = new("System.Exception", "no \"luck\"") { StackTrace = "at X", Inner = new("Inner", "deep") };

    public static TheoryData<HistoryEvent> Events =>
    [
        new OrchestratorStarted(),
        new OrchestratorCompleted(),
        new ExecutionStarted("Hello", "e1") { Version = "1.2", Input = "{\"a\":\"ü\"}", StartAt = DateTime.UnixEpoch },
        new ExecutionStarted("Child", "e2") { Parent = new("P", "p", "e0", 7) },
        new ExecutionCompleted(OrchestrationRuntimeStatus.Failed) { Failure = Failure },
        new ExecutionTerminated { Output = "\"bye\"", Recurse = true },
        new ExecutionSuspended("lunch"),
        new ExecutionResumed(null),
        new TaskScheduled(3, "Work") { Input = "[1]", Version = "2" },
        new TaskCompleted(3, null),
        new TaskFailed(3, Failure),
        new SubOrchestrationCreated(4, "Child", "c1") { Input = "1" },
        new SubOrchestrationCompleted(4, "2"),
        new SubOrchestrationFailed(4, Failure),
        new TimerCreated(5, DateTime.UnixEpoch),
        new TimerFired(5, DateTime.UnixEpoch),
        new EventSent(6, "other", "Go", "null"),
        new EventRaised("Go", "null"),
    ];

    [Theory]
    [MemberData(nameof(Events))]
    public void What_is_stored_is_read_back(HistoryEvent stored)
    {
        stored = stored with { Timestamp = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(6) };
        Assert.Equal(stored, HistoryCodec.Decode(HistoryCodec.Encode(stored)));
    }

    [Fact]
    public void Tags_are_read_back()
    {
        var read = (ExecutionStarted)HistoryCodec.Decode(HistoryCodec.Encode(new ExecutionStarted("A", "e") { Tags = Tags }));
        Assert.Equal(Tags, read.Tags);
    }

    [Fact]
    public void An_event_type_of_the_future_is_passed_over()
    {
        var read = HistoryCodec.Decode("""{"type":"EntityLocked","Timestamp":"2030-01-01T00:00:00Z","Owner":"x"}"""u8);
        Assert.IsType<HistoryEvent>(read);
        Assert.Equal(2030, read.Timestamp.Year);
    }

    [Fact]
    public void A_member_of_the_future_is_passed_over() =>
        Assert.Equal(
            new TaskCompleted(1, "2"), HistoryCodec.Decode("""{"Color":"red","TaskId":1,"Output":"2","type":"TaskCompleted"}"""u8));

    [Fact]
    public void Every_flipped_bit_and_every_misplaced_row_changes_the_checksum() =>
        Gen.Select(Gen.Byte.Array[1, 64], Gen.Int[0, 511], Gen.Long, Gen.Long).Sample((data, bit, owner, position) =>
        {
            var before = HistoryCodec.Checksum(owner, position, data);
            Assert.NotEqual(before, HistoryCodec.Checksum(owner, position + 1, data));
            Assert.NotEqual(before, HistoryCodec.Checksum(owner + 1, position, data));
            data[bit / 8 % data.Length] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(before, HistoryCodec.Checksum(owner, position, data));
        });

    [Fact]
    public void Payloads_stay_readable_in_the_file() =>
        Assert.Contains("ü", Encoding.UTF8.GetString(HistoryCodec.Encode(new TaskCompleted(1, "\"ü\""))), StringComparison.Ordinal);
}
