namespace Orchestrator.Durable.Engine.Tests;

/// <summary>
/// The section of <c>docs/durable-conformance.md</c> that a class fills: each of its theories over <see cref="EachStoreAttribute"/> is a rule,
/// named by the method. That of a method counts before that of its class.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class SectionAttribute(string name) : Attribute
{
    public string Name => name;
}
