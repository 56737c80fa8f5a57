namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>What is wrong with a parameter of a request.</summary>
/// <param name="Pointer">Where it stands: <c>/query/{name}</c>, <c>/route/{name}</c>, <c>/header/{name}</c> or <c>/body</c>.</param>
/// <param name="Code">A word for programs.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record ParameterProblem(string Pointer, string Code, string Message);
