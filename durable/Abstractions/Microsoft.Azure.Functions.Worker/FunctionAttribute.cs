namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes a method a function.</summary>
/// <param name="name">Its name, unique in the app.</param>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));
}
