using System.Collections.Concurrent;
using Orchestrator.TestKit;

namespace Orchestrator.EndToEnd.Tests;

/// <summary>Users of a product who call it several hundred times a second, each on a connection of its own, and count what they are answered.</summary>
internal sealed class CallersUnderLoad : IAsyncDisposable
{
    private const int Callers = 6;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private readonly CancellationTokenSource over = new();
    private readonly ConcurrentDictionary<string, int> answers = new();
    private readonly Task callers;

    public CallersUnderLoad(string url)
    {
        callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(url))));
    }

    /// <summary>How often each status, or the lack of an answer, was met.</summary>
    public IReadOnlyDictionary<string, int> Answers => answers;

    /// <summary>Ends the calls; those under way are answered and counted.</summary>
    public async Task StopAsync()
    {
        await over.CancelAsync();
        await callers;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        over.Dispose();
    }

    private async Task CallAsync(string url)
    {
        using var http = new HttpClient();
        using var pace = new PeriodicTimer(Interval);
        while (await pace.WaitForNextTickAsync(CancellationToken.None) && !over.IsCancellationRequested)
        {
            string answer;
            try
            {
                using var response = await http.GetAsync(url, CancellationToken.None);
                answer = $"{(int)response.StatusCode}";
            }
            catch (Exception e) when (Unanswered.Is(e))
            {
                answer = e.Message;
            }

            answers.AddOrUpdate(answer, 1, (_, count) => count + 1);
        }
    }
}
