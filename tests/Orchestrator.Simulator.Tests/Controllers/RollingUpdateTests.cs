using CsCheck;
using Orchestrator.Simulator.Controllers;

namespace Orchestrator.Simulator.Tests.Controllers;

public sealed class RollingUpdateTests
{
    [Theory]
    [InlineData(4, null, null, 1, 1)]
    [InlineData(2, null, null, 1, 0)]
    [InlineData(10, "30%", "35%", 3, 3)]
    [InlineData(3, "0", "0", 0, 1)]
    [InlineData(2, "100%", "25%", 2, 0)]
    public void Percentages_round_up_for_surge_and_down_for_unavailable(int desired, string? surge, string? unavailable, int maxSurge, int maxUnavailable) =>
        Assert.Equal(new(desired, maxSurge, maxUnavailable), RollingUpdate.For(desired, surge, unavailable));

    [Fact]
    public void A_rollout_keeps_its_bounds_and_ends_whenever_pods_get_ready() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[0, 12], Gen.Int[0, 99999]).Sample((desired, surge, unavailable, before, seed) =>
        {
            var rules = RollingUpdate.For(desired, $"{surge}", $"{unavailable}");
            var random = new Random(seed);
            var (current, old) = (new ReplicaSetSize("new", 0, 0), new ReplicaSetSize("old", before, before));
            for (var step = 0; step < 500; step++)
            {
                if (current is { Replicas: var replicas, Available: var serving } && replicas == desired && serving == desired && old.Replicas == 0) return;
                var sizes = rules.Next(current, [old]);
                var available = current.Available + old.Available;
                var grown = sizes.TryGetValue("new", out var size) ? size : current.Replicas;
                var shrunk = sizes.GetValueOrDefault("old", old.Replicas);
                Assert.True(shrunk <= old.Replicas);
                Assert.True(grown <= current.Replicas || grown + shrunk <= desired + rules.MaxSurge);
                current = current with { Replicas = grown, Available = Math.Min(current.Available, grown) };
                old = old with { Replicas = shrunk, Available = Math.Min(old.Available, shrunk) };
                Assert.True(current.Available + old.Available >= Math.Min(available, desired - rules.MaxUnavailable));
                current = current with { Available = random.Next(current.Available, current.Replicas + 1) };
            }

            Assert.Fail("the rollout does not end");
        });
}
