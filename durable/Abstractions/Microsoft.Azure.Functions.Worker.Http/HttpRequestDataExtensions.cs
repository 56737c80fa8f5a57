using System.Net;
using System.Text;
using System.Text.Json;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Reads requests and begins answers.</summary>
public static class HttpRequestDataExtensions
{
    /// <summary>The body as text.</summary>
    /// <param name="request">The request.</param>
    /// <param name="encoding">Its encoding, unless it begins with a byte order mark; default UTF-8.</param>
    public static async Task<string?> ReadAsStringAsync(this HttpRequestData request, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var reader = new StreamReader(request.Body, encoding ?? Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }

    /// <summary>The body as JSON, the case of whose names does not matter.</summary>
    /// <typeparam name="T">What it becomes.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="JsonException">It is not JSON, or not that of a <typeparamref name="T"/>.</exception>
    public static ValueTask<T?> ReadFromJsonAsync<T>(this HttpRequestData request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return JsonSerializer.DeserializeAsync<T>(request.Body, HttpResponseDataExtensions.WorkerJson, cancellationToken);
    }

    /// <summary>An answer of a status.</summary>
    /// <param name="request">The request.</param>
    /// <param name="statusCode">The status.</param>
    public static HttpResponseData CreateResponse(this HttpRequestData request, HttpStatusCode statusCode)
    {
        ArgumentNullException.ThrowIfNull(request);
        var response = request.CreateResponse();
        response.StatusCode = statusCode;
        return response;
    }
}
