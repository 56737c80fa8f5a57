namespace Microsoft.DurableTask;

/// <summary>Names an activity or orchestrator that is written as a class, and gives it a version.</summary>
/// <param name="name">The name; <c>null</c>: that of the class.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class DurableTaskAttribute(string? name = default) : Attribute
{
    /// <summary>The name; <c>default</c> when it is that of the class.</summary>
    public TaskName Name { get; } = string.IsNullOrEmpty(name) ? default : new(name);

    /// <summary>The version; <c>null</c> or empty: none, which serves any version unless another class of the same name has one.</summary>
    public string? Version { get; set; }
}
