using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Microsoft.DurableTask.Converters;

/// <summary>Data as JSON, by System.Text.Json with fields included.</summary>
/// <param name="options">Other options; <c>null</c>: the defaults with <c>IncludeFields</c>.</param>
public class JsonDataConverter(JsonSerializerOptions? options = default) : DataConverter
{
    private static readonly JsonSerializerOptions DefaultOptions = new() { IncludeFields = true };

    private readonly JsonSerializerOptions _options = options ?? DefaultOptions;

    /// <summary>The converter with default options.</summary>
    public static JsonDataConverter Default { get; } = new();

    /// <inheritdoc/>
    [return: NotNullIfNotNull(nameof(value))]
    public override string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, _options);

    /// <inheritdoc/>
    [return: NotNullIfNotNull(nameof(data))]
    public override object? Deserialize(string? data, Type targetType) =>
        data is null ? null : JsonSerializer.Deserialize(data, targetType, _options)!;
}
