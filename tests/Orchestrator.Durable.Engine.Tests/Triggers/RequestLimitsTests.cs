using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

public sealed class RequestLimitsTests
{
    private readonly Gate gate = new();

    [Fact]
    public async Task Beyond_the_outstanding_requests_a_caller_is_told_to_come_again()
    {
        await using var host = await StartAsync(new HostJson { MaxConcurrentRequests = 1, MaxOutstandingRequests = 2 });
        var first = host.Client.GetAsync("/api/Wait");
        await Expect.Until(() => gate.Entered == 1, "the first request is worked on");
        // Of three more one waits, and two are told to come again.
        var others = Enumerable.Range(0, 3).Select(_ => host.Client.GetAsync("/api/Wait")).ToList();
        var refused = await await Expect.Within(Task.WhenAny(others), "an answer");

        Assert.Equal((HttpStatusCode)429, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(1, gate.Entered);
        gate.Open.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(2, (await Task.WhenAll(others)).Count(answer => answer.StatusCode == (HttpStatusCode)429));
    }

    [Fact]
    public async Task Without_limits_all_are_worked_on_at_once()
    {
        await using var host = await StartAsync(new HostJson());
        var requests = Enumerable.Range(0, 50).Select(_ => host.Client.GetAsync("/api/Wait")).ToList();
        await Expect.Until(() => gate.Entered == 50, "all requests are worked on");
        gate.Open.SetResult();
        Assert.All(await Task.WhenAll(requests), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    private Task<FunctionsHost> StartAsync(HostJson hostJson) =>
        FunctionsHost.StartAsync<Functions>(hostJson, services => services.AddSingleton(gate));

    private sealed class Gate
    {
        private int entered;

        public int Entered => entered;

        public TaskCompletionSource Open { get; } = new();

        public Task EnterAsync()
        {
            Interlocked.Increment(ref entered);
            return Open.Task;
        }
    }

    private sealed class Functions(Gate gate)
    {
        [Function("Wait")]
        public async Task<string> WaitAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
        {
            _ = request;
            await gate.EnterAsync();
            return "done";
        }
    }
}
