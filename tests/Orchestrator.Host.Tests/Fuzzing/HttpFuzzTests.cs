using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Host.Tests.Hosting;
using Orchestrator.TestKit;
using Xunit.Abstractions;

namespace Orchestrator.Host.Tests.Fuzzing;

/// <summary>Many odd requests to the whole app: none breaks it, and none learns what it looks like inside.</summary>
public sealed partial class HttpFuzzTests(ITestOutputHelper output)
{
    private const int MostProblems = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public Task Odd_requests_get_clear_answers_and_leave_the_host_and_its_store_sound() => RunAsync(seed: 7071, requests: 10_000);

    /// <summary>Other requests each time.</summary>
    [SoakFact]
    public Task Many_odd_requests_get_clear_answers_and_leave_the_host_and_its_store_sound() =>
        RunAsync((ulong)Random.Shared.NextInt64(), requests: 100_000);

    private async Task RunAsync(ulong seed, int requests)
    {
        var host = new RunningHost();
        await host.InitializeAsync();
        try
        {
            var endpoints = host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();
            var generator = FuzzRequests.For(endpoints);
            var codes = new SortedDictionary<int, int>();
            List<string> problems = [];
            for (var number = 0; number < requests && problems.Count < MostProblems; number++)
            {
                var request = generator.Generate(new PCG((uint)number, seed), null, out _);
                var (status, problem) = await AskAsync(host.Http, request);
                if (problem is not null)
                {
                    problems.Add($"seed {seed}, request {number}: {problem}\n\n{request}\n{host.Errors.LastOrDefault()}\n");
                }

                codes[status] = codes.GetValueOrDefault(status) + 1;
            }

            Assert.True(problems.Count == 0, string.Join('\n', problems));
            output.WriteLine($"seed {seed}: {string.Join(", ", codes.Select(code => $"{code.Value} x {code.Key}"))}");
            Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/api/health/live")).StatusCode);
            Assert.True(codes.GetValueOrDefault(200) > 0 && codes.GetValueOrDefault(202) > 0, "None of the requests was good.");
            await host.StopAsync();
            CheckStore(host.StorePath);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>What is wrong with the answer; null when nothing is.</summary>
    private static async Task<(int Status, string? Problem)> AskAsync(HttpClient http, FuzzRequest request)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var message = request.ToMessage(http.BaseAddress!);
        try
        {
            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var status = (int)answer.StatusCode;
            if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                // It has no end.
                return (status, null);
            }

            return (status, Judge(request, answer, await answer.Content.ReadAsStringAsync(timeout.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            return (0, $"no answer: {e}");
        }
    }

    private static string? Judge(FuzzRequest request, HttpResponseMessage answer, string body)
    {
        var status = (int)answer.StatusCode;
        var asked = status == 500 && request.Target.Contains("returnInternalServerErrorOnFailure=true", StringComparison.OrdinalIgnoreCase);

        // There is no cluster here that could be asked for its drift.
        var cannotTell = status == 503 && request.Target.Contains("/drift", StringComparison.OrdinalIgnoreCase);
        if (status >= 500 && status != 501 && !asked && !cannotTell)
        {
            return $"{status}: {body}";
        }

        if (status < 400 || asked)
        {
            return null;
        }

        // The server itself refuses without a body, and closes the connection.
        var byServer = status is 400 or 414 or 431 && body.Length == 0 && answer.Headers.ConnectionClose is true;
        if (byServer || request.Verb is "HEAD")
        {
            return null;
        }

        // What people open answers people.
        var isPage = request.Target.Contains("/links/", StringComparison.OrdinalIgnoreCase) && answer.Content.Headers.ContentType?.MediaType == "text/html";
        if (!isPage && (answer.Content.Headers.ContentType?.MediaType != "application/problem+json" || JsonNode.Parse(body)?["title"] is null))
        {
            return $"{status} is no problem: {answer.Content.Headers.ContentType} {body}";
        }

        return Inside.Match(body) is { Success: true } leak ? $"{status} tells '{leak.Value}': {body}" : null;
    }

    private static void CheckStore(string path)
    {
        var reader = new HistoryReader(path);
        var instances = reader.Instances().ToList();
        Assert.NotEmpty(instances);
        Assert.All(instances, instance =>
        {
            Assert.Null(instance.Quarantine);
            Assert.True(reader.Events(instance).Count(e => e is ExecutionCompleted) <= 1, $"{instance.Id} ended twice");
        });
    }

    /// <summary>Stack traces, types, files and statements.</summary>
    [GeneratedRegex(
        @"   at |System\.|Microsoft\.|Orchestrator\.[A-Z]|\.cs\b|/tmp/|/work/|/root/|/home/|SQLite|SELECT |INSERT |Exception|System\.Private|`[0-9]",
        RegexOptions.IgnoreCase)]
    private static partial Regex Inside { get; }
}
