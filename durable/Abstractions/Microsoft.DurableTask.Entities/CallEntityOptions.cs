namespace Microsoft.DurableTask.Entities;

/// <summary>Options of a call of an entity.</summary>
public record CallEntityOptions;
