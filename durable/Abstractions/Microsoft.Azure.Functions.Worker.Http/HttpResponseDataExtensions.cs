using System.Text;
using System.Text.Json;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Writes bodies of answers.</summary>
public static class HttpResponseDataExtensions
{
    /// <summary>The worker's default: names as in C#, read without regard to case.</summary>
    internal static readonly JsonSerializerOptions WorkerJson = new() { PropertyNameCaseInsensitive = true };

    /// <summary>Writes a text.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="value">The text.</param>
    /// <param name="encoding">Its encoding; default UTF-8.</param>
    public static Task WriteStringAsync(this HttpResponseData response, string value, Encoding? encoding = null) =>
        response.WriteStringAsync(value, CancellationToken.None, encoding);

    /// <summary>Writes a text.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="value">The text.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <param name="encoding">Its encoding; default UTF-8.</param>
    public static Task WriteStringAsync(
        this HttpResponseData response, string value, CancellationToken cancellationToken, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(value);
        return response.Body.WriteAsync((encoding ?? Encoding.UTF8).GetBytes(value), cancellationToken).AsTask();
    }

    /// <summary>Writes an object as JSON, and says so in the header.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="response">The answer.</param>
    /// <param name="instance">The object.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static ValueTask WriteAsJsonAsync<T>(this HttpResponseData response, T instance, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        return new(JsonSerializer.SerializeAsync(response.Body, instance, WorkerJson, cancellationToken));
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="value">The bytes.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static Task WriteBytesAsync(this HttpResponseData response, byte[] value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(value);
        return response.Body.WriteAsync(value, cancellationToken).AsTask();
    }
}
