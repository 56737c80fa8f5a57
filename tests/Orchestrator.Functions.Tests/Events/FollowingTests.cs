using System.Text.Json;
using CsCheck;
using Orchestrator.Functions.Events;

namespace Orchestrator.Functions.Tests.Events;

public sealed class FollowingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static Look Look(params (string Id, int Second)[] changed) =>
        new(Noon, changed.ToDictionary(c => c.Id, c => Noon.AddSeconds(c.Second)));

    [Fact]
    public void What_was_before_is_no_news()
    {
        var following = new Following(null);

        Assert.Equal([], following.News(Look(("tenant.a", 1), ("tenant.b", 2))));
        Assert.Equal(["tenant.c", "tenant.a"], following.News(Look(("tenant.a", 9), ("tenant.b", 2), ("tenant.c", 3))));
        Assert.Equal([], following.News(Look(("tenant.a", 9), ("tenant.c", 3))));
    }

    [Fact]
    public void After_a_break_a_little_more_is_told_than_was_missed() =>
        Assert.Equal(
            ["tenant.b", "tenant.a"],
            new Following(new(Noon.AddSeconds(30))).News(Look(("tenant.a", 40), ("tenant.b", 20), ("tenant.c", 19))));

    [Fact]
    public void A_view_that_is_as_it_was_is_no_news()
    {
        var following = new Following(null);

        Assert.True(IsNew("a", 1));
        Assert.False(IsNew("a", 1));
        Assert.True(IsNew("a", 2));
        Assert.True(IsNew("b", 2));
        Assert.False(IsNew("b", 2));

        bool IsNew(string instance, int view) =>
            following.IsNew(new("tenant", "tenants/a", new(Noon, instance), JsonSerializer.SerializeToElement(view)));
    }

    [Fact]
    public void A_place_is_read_as_it_was_written() => Gen.Select(Gen.Long[0, DateTime.MaxValue.Ticks], Gen.Bool).Sample((ticks, named) =>
    {
        var position = new EventPosition(new(ticks, TimeSpan.Zero), named ? "canary.foo.hello.1" : null);
        return EventPosition.Parse($"{position}") == position;
    });
}
