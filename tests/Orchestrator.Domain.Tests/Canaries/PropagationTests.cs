using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class PropagationTests
{
    private static readonly PropagationSight Late = new(false, false, "Pod foo/gw-2 (404, no route)", null);
    private static readonly PropagationSight Silent = new(false, false, null, "Pod foo/gw-2 (no answer in 5 s)");

    [Fact]
    public void What_every_pod_shows_is_proven() =>
        Assert.Equal(new(PropagationState.Proven), Propagation.Of(new(true, true, null, null), false, TimeSpan.Zero));

    [Fact]
    public void A_pod_that_says_that_it_does_not_obey_is_waited_for_however_long_where_it_could_once_be_told()
    {
        var pending = new Propagation(PropagationState.Pending, "the gateway to learn its routes: Pod foo/gw-2 (404, no route)");

        Assert.Equal(pending, Propagation.Of(Late, isEstablished: true, TimeSpan.FromHours(1)));
        Assert.Equal(pending, Propagation.Of(Late with { IsKnown = true }, false, TimeSpan.FromHours(1)));
        Assert.Equal(pending, Propagation.Of(Late, false, TimeSpan.FromSeconds(59)));
        Assert.Equal(
            new(PropagationState.Unproven, "no gateway pod shows that it knows the routes of this run: Pod foo/gw-2 (404, no route)"),
            Propagation.Of(Late, false, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_pod_that_does_not_answer_is_waited_for_a_while()
    {
        Assert.Equal(PropagationState.Pending, Propagation.Of(Silent, true, TimeSpan.FromSeconds(14)).State);
        Assert.Equal(new(PropagationState.Unproven, "Pod foo/gw-2 (no answer in 5 s)"), Propagation.Of(Silent, true, TimeSpan.FromSeconds(15)));
        Assert.Equal(
            "proof that the gateway has learned its routes: once more", Propagation.Of(new(false, true, null, null), true, TimeSpan.FromMinutes(5)).What);
    }

    [Fact]
    public void Who_may_not_ask_does_not_wait() =>
        Assert.Equal(
            new(PropagationState.Unproven, "403"),
            Propagation.Of(new(false, false, null, "403", IsHopeless: true), true, TimeSpan.Zero));
}
