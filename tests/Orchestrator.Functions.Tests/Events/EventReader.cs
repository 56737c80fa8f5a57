using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace Orchestrator.Functions.Tests.Events;

/// <summary>Follows <c>GET /api/events</c> as a client does.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource patience = new(Limit);
    private readonly HttpClient http;
    private readonly HttpResponseMessage response;
    private readonly SseParser<string> parser;
    private readonly IAsyncEnumerator<SseItem<string>> events;

    private EventReader(HttpClient http, HttpResponseMessage response, Stream stream)
    {
        (this.http, this.response, parser) = (http, response, SseParser.Create(stream));
        events = parser.EnumerateAsync(patience.Token).GetAsyncEnumerator(patience.Token);
    }

    /// <summary>From where a reader that breaks off here goes on.</summary>
    public string LastEventId => parser.LastEventId;

    public static async Task<EventReader> OpenAsync(Uri server, string query = "", string? lastEventId = null)
    {
        var http = new HttpClient { BaseAddress = server };
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events{query}");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new(http, response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null when the stream has ended.</summary>
    public async Task<JsonObject?> NextAsync() => await events.MoveNextAsync() ? JsonNode.Parse(events.Current.Data)!.AsObject() : null;

    /// <summary>The next event of which this holds.</summary>
    public async Task<JsonObject> UntilAsync(string what, Func<JsonObject, bool> condition)
    {
        while (await NextAsync() is { } next)
        {
            if (condition(next))
            {
                return next;
            }
        }

        throw new InvalidOperationException($"The stream ended before there was {what}.");
    }

    public async ValueTask DisposeAsync()
    {
        await patience.CancelAsync();
        response.Dispose();
        http.Dispose();
        patience.Dispose();
    }
}
