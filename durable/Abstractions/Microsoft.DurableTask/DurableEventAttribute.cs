namespace Microsoft.DurableTask;

/// <summary>Names the external event that carries a type.</summary>
/// <param name="name">The name; <c>null</c>: that of the type.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = false, Inherited = false)]
public sealed class DurableEventAttribute(string? name = default) : Attribute
{
    /// <summary>The name; <c>default</c> when it is that of the type.</summary>
    public TaskName Name { get; } = string.IsNullOrEmpty(name) ? default : new(name);
}
