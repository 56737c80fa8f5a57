namespace Orchestrator.Durable.Engine.Tests;

/// <summary>The test shows one of the <see cref="Scenarios"/>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ScenarioAttribute(int number) : Attribute
{
    public int Number => number;
}
