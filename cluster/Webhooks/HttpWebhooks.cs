using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Orchestrator.Domain.Canaries;
using Polly;
using Polly.Retry;

namespace Orchestrator.Cluster.Webhooks;

/// <summary>
/// Calls over HTTP. Only hosts that the configuration lists are called, redirects are not followed, and no proxy is asked. A listed name that leads to
/// this machine or to its link (where clouds keep credentials) is refused at the connection, whatever its DNS says from one moment to the next.
/// </summary>
public sealed class HttpWebhooks : IWebhooks, IDisposable
{
    private const int MostAnswer = 64 * 1024;

    /// <summary>What is shown of an answer that is no success, in characters.</summary>
    private const int MostExcuse = 200;
    private const int BytesOfCharacter = 4;
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>Azure's wire server, which hands out what a virtual machine is trusted with.</summary>
    private static readonly IPAddress WireServer = IPAddress.Parse("168.63.129.16");

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly WebhookHosts hosts;
    private readonly HttpClient http;
    private readonly ResiliencePipeline<WebhookAnswer> retrying;
    private readonly TimeProvider time;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;

    /// <summary>Calls the hosts of a list, by the names of the DNS.</summary>
    public HttpWebhooks(WebhookHosts hosts, TimeProvider time)
        : this(hosts, time, Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>Calls the hosts of a list.</summary>
    /// <param name="hosts">The list.</param>
    /// <param name="time">The clock.</param>
    /// <param name="resolve">Finds the addresses of a name.</param>
    public HttpWebhooks(WebhookHosts hosts, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        (this.hosts, this.time, this.resolve) = (hosts, time, resolve);
        http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        retrying = new ResiliencePipelineBuilder<WebhookAnswer> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<WebhookAnswer>
            {
                ShouldHandle = new PredicateBuilder<WebhookAnswer>()
                    .Handle<HttpRequestException>(e => e.StatusCode is null or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
                    .Handle<IOException>(),
                MaxRetryAttempts = 2,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(200),
            })
            .Build();
    }

    /// <inheritdoc/>
    public async Task<WebhookAnswer> CallAsync(Webhook webhook, WebhookPayload payload, CancellationToken cancellationToken)
    {
        if (hosts.Refusal(webhook.Url) is { } refusal)
        {
            return new(null, refusal);
        }

        using var limit = new CancellationTokenSource(webhook.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await retrying.ExecuteAsync(async token => await SendAsync(webhook, payload, token), both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, $"no answer within {webhook.Timeout.TotalSeconds:0.#} s ({webhook.Url})");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new(null, $"{e.Message} ({webhook.Url})");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Whether an address is this machine's, or one that only its link knows.</summary>
    public static bool IsOwn(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = plain.GetAddressBytes();
        return IPAddress.IsLoopback(plain) || plain.IsIPv6LinkLocal || plain.IsIPv6Multicast || plain.Equals(IPAddress.IPv6Any) || plain.Equals(WireServer)
            || (bytes.Length == 4 && (bytes[0] is 0 or >= 224 || (bytes[0] == 169 && bytes[1] == 254)));
    }

    private async Task<WebhookAnswer> SendAsync(Webhook webhook, WebhookPayload payload, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(webhook.Method == WebhookMethod.Get ? HttpMethod.Get : HttpMethod.Post, webhook.Url);
        request.Content = webhook.Method == WebhookMethod.Get ? null : JsonContent.Create(payload, options: Web);
        foreach (var (name, value) in webhook.Headers ?? new Dictionary<string, string>())
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            var excuse = Text(await ReadAsync(response, MostExcuse * BytesOfCharacter, cancellationToken));
            throw new HttpRequestException($"answered {(int)response.StatusCode}{(excuse.Length > 0 ? $": {Start(excuse)}" : "")}", null, response.StatusCode);
        }

        if (!payload.WantsAnswer)
        {
            return new("", null);
        }

        var body = await ReadAsync(response, MostAnswer + 1, cancellationToken);
        return body.Length <= MostAnswer ? new(Text(body), null) : new(null, $"answered more than {MostAnswer / 1024} KiB: have it answer the value alone ({webhook.Url})");
    }

    /// <summary>The beginning of an answer, of so many bytes at most.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, int most, CancellationToken cancellationToken)
    {
        var buffer = new byte[most];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return buffer.AsMemory(0, await stream.ReadAtLeastAsync(buffer, most, throwOnEndOfStream: false, cancellationToken));
    }

    /// <summary>JSON is UTF-8, whatever its sender calls that.</summary>
    private static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span).TrimStart(ByteOrderMark);

    private static string Start(string excuse) => excuse.Length > MostExcuse ? excuse[..MostExcuse] + "…" : excuse;

    /// <summary>Connects to the very address that was looked at, so that a second answer of the DNS cannot lead elsewhere.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var isNamedOutright = host == "localhost" || IPAddress.TryParse(host, out _);
        var addresses = await resolve(host, cancellationToken);
        var open = isNamedOutright ? addresses : [.. addresses.Where(address => !IsOwn(address))];
        if (open.Length == 0)
        {
            throw new HttpRequestException($"{host} leads to this machine or its link ({string.Join<IPAddress>(", ", addresses)}), and is not called");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
