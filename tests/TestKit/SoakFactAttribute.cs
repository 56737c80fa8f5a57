using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Orchestrator.TestKit;

/// <summary>
/// A test that runs for many minutes. By its trait <c>Category=Soak</c>, <c>./orc test</c> leaves it out and <c>./orc test --soak</c> does not.
/// </summary>
[TraitDiscoverer("Orchestrator.TestKit.SoakTraitDiscoverer", "Orchestrator.TestKit")]
public sealed class SoakFactAttribute : FactAttribute, ITraitAttribute;

/// <summary>Tells xunit the trait of <see cref="SoakFactAttribute"/>.</summary>
public sealed class SoakTraitDiscoverer : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) => [new("Category", "Soak")];
}
