namespace Orchestrator.Cluster.Kubernetes;

/// <summary>The answer of a watch, read event by event.</summary>
/// <param name="response">The answer, its headers read.</param>
/// <param name="silence">How long the server may say nothing.</param>
/// <param name="time">What it is measured by.</param>
internal sealed class WatchStream(HttpResponseMessage response, TimeSpan silence, TimeProvider time) : IDisposable
{
    private StreamReader? reader;

    /// <summary>The next event; an end that came by accident is <see cref="WatchEventKind.Ended"/> too.</summary>
    public async Task<WatchEvent> NextAsync(CancellationToken cancellationToken)
    {
        using var silent = new CancellationTokenSource(silence, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(silent.Token, cancellationToken);
        try
        {
            reader ??= new(await response.Content.ReadAsStreamAsync(patience.Token));
            return await reader.ReadLineAsync(patience.Token) is { } line ? WatchEvent.Read(line) : WatchEvent.Ended;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return WatchEvent.Lost;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return WatchEvent.Ended;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reader?.Dispose();
        response.Dispose();
    }
}
