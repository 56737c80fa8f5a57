namespace Microsoft.Azure.Functions.Worker.Converters;

/// <summary>Says what makes the value of a parameter.</summary>
/// <param name="converterType">The converter.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Interface | AttributeTargets.Parameter,
    AllowMultiple = true)]
public class InputConverterAttribute(Type converterType) : Attribute
{
    /// <summary>The converter.</summary>
    public Type ConverterType { get; } = converterType ?? throw new ArgumentNullException(nameof(converterType));
}
