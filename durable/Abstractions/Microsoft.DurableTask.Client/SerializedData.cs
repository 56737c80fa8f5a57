using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Client;

/// <summary>Data as text, with what reads it.</summary>
/// <param name="data">The text.</param>
/// <param name="converter">Reads it; <c>null</c>: as JSON.</param>
public sealed class SerializedData(string data, DataConverter? converter = default)
{
    /// <summary>The text.</summary>
    public string Value { get; } = data ?? throw new ArgumentNullException(nameof(data));

    /// <summary>What reads it.</summary>
    public DataConverter Converter { get; } = converter ?? JsonDataConverter.Default;

    /// <summary>Reads it.</summary>
    /// <typeparam name="T">The type to make of it.</typeparam>
    /// <returns>The value.</returns>
    public T ReadAs<T>() => Converter.Deserialize<T>(Value);
}
