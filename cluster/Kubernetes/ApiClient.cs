using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>
/// KubernetesClient with its TLS and authentication, opened for any path: its generated methods know neither Istio's kinds
/// nor server-side apply for every kind.
/// </summary>
internal sealed class ApiClient : k8s.Kubernetes
{
    private readonly TimeProvider time;

    /// <summary>Connects to the cluster of a configuration; nothing is sent yet.</summary>
    public ApiClient(KubernetesClientConfiguration configuration, TimeProvider time)
        : this(configuration, new Innermost(), time)
    {
    }

    private ApiClient(KubernetesClientConfiguration configuration, Innermost innermost, TimeProvider time)
        : base(configuration, innermost)
    {
        this.time = time;
        innermost.KeepRedirects();
    }

    /// <summary>Sends one request and returns the answer with its headers read.</summary>
    /// <exception cref="ResourceException">The answer is not a success.</exception>
    public async Task<HttpResponseMessage> SendAsync(ApiCall call, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(call.Method, new Uri(BaseUri, call.PathAndQuery));
        request.Version = HttpVersion20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var content = call.Body?.ToJsonString();
        if (content is not null)
        {
            request.Content = new StringContent(content, Encoding.UTF8, call.ContentType);
        }

        try
        {
            return await SendRequestRaw(content ?? "", request, cancellationToken);
        }
        catch (HttpOperationException e)
        {
            throw new ResourceException(call.ToString(), e.Response.StatusCode, Status(e.Response.Content), RetryAfter(e.Response));
        }
    }

    /// <summary>
    /// Sends a GET whose answer is somebody else's who is asked through the API server, and returns it with its headers read, whatever its status.
    /// </summary>
    public async Task<HttpResponseMessage> AskAsync(string path, string? host, (string Name, string Value)? header, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(BaseUri, path));
        request.Version = HttpVersion20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.Host = host;
        if (header is var (name, value))
        {
            request.Headers.Add(name, value);
        }

        if (Credentials is not null)
        {
            await Credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        return await HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static readonly Version HttpVersion20 = new(2, 0);

    private static JsonObject? Status(string? content)
    {
        try
        {
            return string.IsNullOrEmpty(content) ? null : JsonNode.Parse(content) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null; // A proxy in between answered in its own words; the status code has to do.
        }
    }

    /// <summary>The header is a number of seconds, or, from a proxy, a date.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessageWrapper response)
    {
        if (!response.Headers.TryGetValue("Retry-After", out var values) || !RetryConditionHeaderValue.TryParse(values.FirstOrDefault(), out var asked))
        {
            return null;
        }

        var wait = asked.Delta ?? asked.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>Stands before the handler that the base class makes and hides.</summary>
    private sealed class Innermost : DelegatingHandler
    {
        /// <summary>The API server redirects nobody, and where a tenant's pod points to is no place for this process to go.</summary>
        public void KeepRedirects() => ((SocketsHttpHandler)InnerHandler!).AllowAutoRedirect = false;
    }
}

/// <summary>One call of the API server.</summary>
/// <param name="Method">The HTTP verb.</param>
/// <param name="PathAndQuery">Path and query under the server's address, escaped.</param>
/// <param name="Body">What is sent.</param>
/// <param name="ContentType">As what it is sent.</param>
internal sealed record ApiCall(HttpMethod Method, string PathAndQuery, JsonObject? Body = null, string ContentType = "application/json")
{
    public override string ToString() => $"{Method} /{PathAndQuery.Split('?')[0]}";
}
