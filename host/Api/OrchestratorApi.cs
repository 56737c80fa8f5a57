using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Api;

/// <summary>The HTTP API of a running orchestrator, as the commands call it.</summary>
internal sealed class OrchestratorApi : IDisposable
{
    /// <summary>Where the Durable Functions management API stands on every Functions host.</summary>
    public const string Management = "runtime/webhooks/durabletask";

    private const string ContinuationHeader = "x-ms-continuation-token";

    private readonly HttpClient http;

    /// <param name="server">The server's base address.</param>
    /// <param name="key">Sent as <c>x-functions-key</c>; null sends none.</param>
    /// <param name="token">Sent as a bearer token; null or empty sends none.</param>
    /// <param name="handler">For tests; default is the network.</param>
    public OrchestratorApi(Uri server, string? key, string? token = null, HttpMessageHandler? handler = null)
    {
        http = new HttpClient(handler ?? new SocketsHttpHandler())
        {
            BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromSeconds(60),
        };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Add("x-functions-key", key);
        }

        if (!string.IsNullOrEmpty(token))
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", token.Trim());
        }
    }

    /// <summary>The server's base address.</summary>
    public Uri Server => http.BaseAddress!;

    /// <summary>A path below <c>/api</c> from raw segments; each is escaped.</summary>
    public static string Path(params IEnumerable<string> segments) => $"api/{Escape(segments)}";

    /// <summary>A path of the management API from raw segments; each is escaped.</summary>
    public static string ManagementPath(params IEnumerable<string> segments) => $"{Management}/{Escape(segments)}";

    /// <summary>Reads JSON; null when there is nothing (404).</summary>
    public async Task<JsonNode?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Reads JSON.</summary>
    /// <exception cref="ApiException">The server refused, also with 404.</exception>
    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Reads every page of a list of the management API.</summary>
    public async Task<JsonArray> ListAsync(string path, CancellationToken cancellationToken)
    {
        JsonArray all = [];
        string? continuation = null;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (continuation is not null)
            {
                request.Headers.TryAddWithoutValidation(ContinuationHeader, continuation);
            }

            using var response = await http.SendAsync(request, cancellationToken);
            foreach (var item in (await ReadAsync(response, cancellationToken) as JsonArray)?.ToArray() ?? [])
            {
                item?.Parent?.AsArray().Remove(item);
                all.Add(item);
            }

            continuation = response.Headers.TryGetValues(ContinuationHeader, out var values) ? values.FirstOrDefault() : null;
        }
        while (!string.IsNullOrEmpty(continuation));
        return all;
    }

    /// <summary>Sends a request with an optional JSON body and reads the JSON answer, if there is one.</summary>
    /// <exception cref="ApiException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var response = await http.SendAsync(request, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Copies what the server answers into a new file; on a refusal no file is left.</summary>
    /// <exception cref="ApiException">The server refused.</exception>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public async Task DownloadAsync(string path, string file, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            await ReadAsync(response, cancellationToken);
        }

        var partial = file + ".part";
        await using (var target = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await response.Content.CopyToAsync(target, cancellationToken);
        }

        File.Move(partial, file, overwrite: false);
    }

    /// <summary>Reads the data of server-sent events until the server ends them.</summary>
    /// <param name="path">Where they are.</param>
    /// <param name="cursor">From where on; it goes along, however the reading ends.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ApiException">The server refused.</exception>
    public async IAsyncEnumerable<string> EventsAsync(string path, EventCursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cursor.LastEventId is { } last)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            await ReadAsync(response, cancellationToken);
        }

        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
        try
        {
            await foreach (var item in parser.EnumerateAsync(cancellationToken))
            {
                yield return item.Data;
            }
        }
        finally
        {
            cursor.LastEventId = parser.LastEventId is { Length: > 0 } id ? id : cursor.LastEventId;
        }
    }

    public void Dispose() => http.Dispose();

    private static async Task<JsonNode?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new ApiException(response.StatusCode, ApiProblem.Read(response.StatusCode, response.Content.Headers.ContentType?.MediaType, body));
        }

        try
        {
            return string.IsNullOrWhiteSpace(body) ? null : JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            throw new ApiException(response.StatusCode, new("The server's answer is not JSON.", "Does --server name an orchestrator?", []));
        }
    }

    private static string Escape(IEnumerable<string> segments) => string.Join('/', segments.Select(Uri.EscapeDataString));
}
