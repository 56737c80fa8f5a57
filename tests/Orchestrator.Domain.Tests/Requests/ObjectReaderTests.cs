using System.Text.Json;
using CsCheck;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Tests.Requests;

public sealed class ObjectReaderTests
{
    private sealed record Sample(string Name, int Count, TimeSpan Timeout, DayOfWeek Day, IReadOnlyList<string> Tags);

    private static Parsed<Sample> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Parsed.From(document.RootElement, o => new Sample(
            o.Text("name", Names.DnsLabel),
            o.Integer("count", 1, 0, 9),
            o.Duration("timeout", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            o.Choice("day", DayOfWeek.Monday),
            o.Texts("tags", 2)));
    }

    [Fact]
    public void Absent_members_take_their_defaults()
    {
        var parsed = Read("""{"name":"foo"}""");

        Assert.True(parsed.IsValid);
        Assert.Equal(("foo", 1, TimeSpan.FromSeconds(5), DayOfWeek.Monday), (parsed.Value.Name, parsed.Value.Count, parsed.Value.Timeout, parsed.Value.Day));
        Assert.Empty(parsed.Value.Tags);
    }

    [Fact]
    public void Every_problem_is_reported_with_its_pointer()
    {
        var parsed = Read("""{"name":"Foo_","count":10,"timeout":"soon","day":"Someday","tags":["a",1],"a/b~c":true}""");

        Assert.False(parsed.IsValid);
        Assert.Equal(
            ["/a~1b~0c unknown", "/count range", "/day choice", "/name invalid", "/tags/1 type", "/timeout duration"],
            parsed.Problems.Select(p => $"{p.Pointer} {p.Code}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("[]", " type")]
    [InlineData("{}", "/name required")]
    [InlineData("""{"name":null}""", "/name required")]
    [InlineData("""{"name":"foo","tags":["a","b","c"]}""", "/tags limit")]
    [InlineData("""{"name":"foo","count":1.5}""", "/count type")]
    public void One_problem_is_named_exactly(string json, string expected) =>
        Assert.Equal([expected], Read(json).Problems.Select(p => $"{p.Pointer} {p.Code}"));

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1h30m", 5400)]
    [InlineData("PT1M30S", 90)]
    [InlineData("0s", 0)]
    public void Durations_are_read_as_people_write_them(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("-5s")]
    [InlineData("5s1h")]
    [InlineData("99999999999999999999h")]
    [InlineData("PT")]
    [InlineData("-PT5S")]
    public void What_is_no_duration_is_refused(string text) => Assert.Null(Duration.Parse(text));

    [Fact]
    public void A_duration_that_was_written_reads_back() =>
        Gen.Long[0, (long)TimeSpan.FromDays(400).TotalMilliseconds]
            .Sample(ms => Duration.Parse(Duration.Format(TimeSpan.FromMilliseconds(ms))) == TimeSpan.FromMilliseconds(ms));
}
