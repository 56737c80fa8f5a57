using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.DurableTask.Client;
using Orchestrator.Functions.Http;

namespace Orchestrator.Functions.Events;

/// <summary>Tells one caller of changes, as server-sent events, until it goes, its time is over, or the host stops.</summary>
/// <param name="feed">The looks.</param>
/// <param name="client">The instances.</param>
/// <param name="scope">Whose changes are told.</param>
/// <param name="since">From where on; null: from now.</param>
/// <param name="follow">Whether it goes on when all that was is told.</param>
/// <param name="time">The clock.</param>
/// <param name="cancellationToken">Ends the stream.</param>
internal sealed class EventStream(
    EventFeed feed, DurableTaskClient client, EventScope scope, EventPosition? since, bool follow, TimeProvider time, CancellationToken cancellationToken) : IResult
{
    /// <summary>How long a stream lasts: whoever follows comes back, and is asked again whether it may.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>How long nothing is said at most, so that nobody between here and the caller takes the connection for dead.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!feed.TryEnter())
        {
            httpContext.Response.Headers.RetryAfter = "5";
            await Problems.Busy($"{EventFeed.Places} callers follow events here already: try again in a moment.").ExecuteAsync(httpContext);
            return;
        }

        using var life = new CancellationTokenSource(Life, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(life.Token, cancellationToken, httpContext.RequestAborted);
        try
        {
            await TellAsync(httpContext, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The answer ends here as it should; there is no other end.
        }
        finally
        {
            feed.Leave();
        }
    }

    private async Task TellAsync(HttpContext http, CancellationToken end)
    {
        // The first look comes before the answer begins: what happens after that is told.
        var following = new Following(since);
        var look = await feed.LookAsync(client).WaitAsync(end);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var told = DateTimeOffset.MinValue;
        while (true)
        {
            var any = false;
            foreach (var instance in following.News(look).Where(scope.Has))
            {
                if (await client.GetInstanceAsync(instance, getInputsAndOutputs: true, end) is { } known && Change.From(known) is { } change && following.IsNew(change))
                {
                    any = true;
                    await http.Response.WriteAsync($"id: {change.Position}\ndata: {change.ToEvent().ToJson()}\n\n", end);
                }
            }

            // A position alone is no event, yet it is from there that a stream is resumed.
            if (any || look.At - told >= Silence)
            {
                told = look.At;
                await http.Response.WriteAsync($": all until here\nid: {new EventPosition(look.At)}\n\n", end);
                await http.Response.Body.FlushAsync(end);
            }

            if (!follow)
            {
                return;
            }

            await Task.Delay(EventFeed.Pause, time, end);
            look = await feed.LookAsync(client).WaitAsync(end);
        }
    }
}
