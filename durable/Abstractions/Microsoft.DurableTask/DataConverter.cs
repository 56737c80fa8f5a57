using System.Diagnostics.CodeAnalysis;

namespace Microsoft.DurableTask;

/// <summary>Turns inputs, outputs and events into text and back.</summary>
public abstract class DataConverter
{
    /// <summary>The text of a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Its text; <c>null</c> for <c>null</c>.</returns>
    [return: NotNullIfNotNull(nameof(value))]
    public abstract string? Serialize(object? value);

    /// <summary>The value of a text.</summary>
    /// <param name="data">The text.</param>
    /// <param name="targetType">The type to make of it.</param>
    /// <returns>The value; <c>null</c> for <c>null</c>.</returns>
    [return: NotNullIfNotNull(nameof(data))]
    public abstract object? Deserialize(string? data, Type targetType);

    /// <summary>The value of a text.</summary>
    /// <typeparam name="T">The type to make of it.</typeparam>
    /// <param name="data">The text.</param>
    /// <returns>The value; the default for <c>null</c>.</returns>
    [return: NotNullIfNotNull(nameof(data))]
    public virtual T? Deserialize<T>(string? data) => (T?)(Deserialize(data, typeof(T)) ?? default(T));
}
