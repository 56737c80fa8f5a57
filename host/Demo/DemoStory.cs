using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Demo;

/// <summary>The whole main job on a simulated cluster, told step by step. It can be told again on what the last telling left.</summary>
internal sealed class DemoStory(DemoClient client, HttpClient http, string address, Terminal terminal, TimeProvider time)
{
    private const int RequestsPerSecond = 60;
    private const double BadErrorRate = 0.2;

    private static readonly TimeSpan RouteInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);
    private static readonly DemoTenant Foo = new("foo", "Foo", 32180, [(DemoSpecs.Hello, "/foo/"), (DemoSpecs.Echo, DemoSpecs.EchoPath)]);
    private static readonly DemoTenant Bar = new("bar", "Bar", 32280, [(DemoSpecs.Hello, "/bar/")]);

    /// <summary>Tells the story.</summary>
    /// <exception cref="DemoException">Something did not happen as promised.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await ChapterAsync("the shared control plane is there", EnsureMeshAsync, cancellationToken);
        await ChapterAsync("tenants foo and bar have a gateway each", token => BothAsync(OnboardAsync, token), cancellationToken);
        await ChapterAsync("hello 0.0.1 serves; 0.0.2 is previewed and waits for approval", token => BothAsync(PreviewHelloAsync, token), cancellationToken);
        await AskTheFourQuestionsAsync(cancellationToken);
        try
        {
            await ChapterAsync("a good version of echo is ramped up and promoted", PromoteGoodEchoAsync, cancellationToken);
            await ChapterAsync("a bad version of echo is rolled back by itself", RollBackBadEchoAsync, cancellationToken);
        }
        finally
        {
            await client.ClearAsync($"load/{Foo.Name}/{DemoSpecs.Echo}");
        }

        terminal.WriteLine($"\nThe demo held in all its parts, in {Seconds(time.GetElapsedTime(started))}.");
        terminal.WriteLine("Canaries of hello wait for you: ./orc canaries approve foo hello --reason 'looks good'");
    }

    private static Task BothAsync(Func<DemoTenant, CancellationToken, Task> step, CancellationToken cancellationToken) =>
        Task.WhenAll(step(Foo, cancellationToken), step(Bar, cancellationToken));

    private async Task EnsureMeshAsync(CancellationToken cancellationToken)
    {
        var mesh = await client.EnsureMeshAsync(Deadline, cancellationToken);
        Expect(mesh.Phase is MeshPhase.Ready, $"the mesh is {mesh.Phase}: {mesh.Reason}");
    }

    private async Task OnboardAsync(DemoTenant tenant, CancellationToken cancellationToken)
    {
        var view = await client.OnboardAsync(tenant, Deadline, cancellationToken);
        Expect(view.Phase is TenantPhase.Ready, $"tenant {tenant.Name} is {view.Phase}: {view.Reason}");
    }

    private async Task PreviewHelloAsync(DemoTenant tenant, CancellationToken cancellationToken)
    {
        var running = await client.FindCanaryAsync(tenant, DemoSpecs.Hello, cancellationToken);
        if (running is null || CanaryRuns.HasEnded(running) || running.Candidate != DemoSpecs.HelloCandidate)
        {
            await BeginAnewAsync(tenant, DemoSpecs.Hello, running, cancellationToken);
            if (await client.StableVersionAsync(tenant, DemoSpecs.Hello, cancellationToken) != DemoSpecs.FirstVersion)
            {
                // Somebody approved 0.0.2 after the last demo: the story begins with 0.0.1.
                await RunToEndAsync(tenant, DemoSpecs.Switch(DemoSpecs.Hello, DemoSpecs.FirstVersion), CanaryPhase.Promoted, cancellationToken);
            }

            await client.DeployAsync(tenant, DemoSpecs.Hello, DemoSpecs.FirstVersion, cancellationToken);
            await client.StartCanaryAsync(tenant, DemoSpecs.PreviewAndAsk(DemoSpecs.Hello, DemoSpecs.HelloCandidate), cancellationToken);
        }

        var view = await client.WaitForCanaryAsync(
            tenant, DemoSpecs.Hello, "to ask for approval", Deadline, view => view.Phase is CanaryPhase.AwaitingApproval || CanaryRuns.HasEnded(view),
            cancellationToken);
        Expect(view is { Phase: CanaryPhase.AwaitingApproval, Weights.Canary: 0 }, $"the canary of {tenant.Name}/hello is {view.Phase}: {view.Reason}");
    }

    private async Task AskTheFourQuestionsAsync(CancellationToken cancellationToken)
    {
        terminal.WriteLine("");
        var held = true;
        foreach (var curl in Curl.Mission(address, Foo, Bar))
        {
            held &= await curl.RunAsync(http, terminal, cancellationToken);
        }

        terminal.WriteLine("");
        Expect(held, "an answer differs from what it must be, to the letter");
    }

    private async Task PromoteGoodEchoAsync(CancellationToken cancellationToken)
    {
        await BeginAnewAsync(Foo, DemoSpecs.Echo, await client.FindCanaryAsync(Foo, DemoSpecs.Echo, cancellationToken), cancellationToken);
        if (await client.StableVersionAsync(Foo, DemoSpecs.Echo, cancellationToken) == DemoSpecs.FirstVersion)
        {
            await client.DeployAsync(Foo, DemoSpecs.Echo, DemoSpecs.FirstVersion, cancellationToken);
        }

        var version = await NextVersionAsync(cancellationToken);
        await RunToEndAsync(Foo, DemoSpecs.Ramp(DemoSpecs.Echo, version), CanaryPhase.Promoted, cancellationToken);
        var stable = await client.StableVersionAsync(Foo, DemoSpecs.Echo, cancellationToken);
        Expect(stable == version, $"echo is promoted, but its route leads to {stable}");
    }

    private async Task RollBackBadEchoAsync(CancellationToken cancellationToken)
    {
        var version = await NextVersionAsync(cancellationToken);
        var before = await client.RouteStateAsync(Foo, DemoSpecs.Echo, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var restored = WhenRestoredAsync(before, end.Token);
        try
        {
            await RunToEndAsync(Foo, DemoSpecs.Ramp(DemoSpecs.Echo, version), CanaryPhase.RolledBack, cancellationToken, version);
        }
        catch
        {
            await end.CancelAsync();
            throw;
        }
        finally
        {
            await client.ClearAsync(FaultPath(version));
        }

        var after = await client.RouteStateAsync(Foo, DemoSpecs.Echo, cancellationToken);
        Expect(JsonNode.DeepEquals(before, after), $"the rollback left the routes changed:\nbefore {before.ToJsonString()}\nafter  {after.ToJsonString()}");
        terminal.WriteLine("  spec and labels of VirtualService and DestinationRule are as before");
        var record = (await client.HistoryAsync(Foo, DemoSpecs.Echo, cancellationToken)).Last(run => (string?)run!["view"]!["candidate"] == version)!;
        if (record["samples"] is JsonArray { Count: > 0 } samples)
        {
            var decided = (DateTime)samples[^1]!["sample"]!["at"]!;
            terminal.WriteLine($"  from the deciding sample to 100/0 in the VirtualService: {(await restored - decided).TotalMilliseconds:0} ms");
        }
    }

    /// <summary>The time at which the routes of echo, once they have changed, are as before again.</summary>
    private async Task<DateTime> WhenRestoredAsync(JsonObject before, CancellationToken cancellationToken)
    {
        const string Routes = "virtualservices";
        for (var hasChanged = false; ; await Task.Delay(RouteInterval, time, cancellationToken))
        {
            var now = await client.RouteStateAsync(Foo, DemoSpecs.Echo, cancellationToken);
            if (!JsonNode.DeepEquals(before[Routes], now[Routes]))
            {
                hasChanged = true;
            }
            else if (hasChanged)
            {
                return time.GetUtcNow().UtcDateTime;
            }
        }
    }

    /// <summary>Runs a canary to its end under load, drawing it, and expects an end.</summary>
    private async Task RunToEndAsync(
        DemoTenant tenant, JsonObject spec, CanaryPhase expected, CancellationToken cancellationToken, string? badVersion = null)
    {
        var service = (string)spec["service"]!;
        await Patience.CallAsync("switching load and faults on", token => SetWorldAsync(token), cancellationToken);
        await client.StartCanaryAsync(tenant, spec, cancellationToken);
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        CanaryView? end;
        try
        {
            end = await Watch.UntilAsync(
                terminal,
                quiet: false,
                async token =>
                {
                    await SetWorldAsync(token);
                    return await client.ReadCanaryAsync(tenant, service, token);
                },
                view => view is not null && CanaryRuns.HasEnded(view),
                CanaryTree.Of,
                either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new DemoException($"Waited {Deadline.TotalMinutes} minutes for the end of the canary of {service}; './orc canaries get {tenant.Name} {service}' shows it.");
        }

        Expect(end!.Phase == expected, $"the canary of {service} ended as {end.Phase} and not as {expected}: {end.Reason}");

        // A simulator that was killed comes back without load and faults.
        async Task<bool> SetWorldAsync(CancellationToken token)
        {
            if (service == DemoSpecs.Echo)
            {
                await client.SimulateAsync(HttpMethod.Put, $"load/{tenant.Name}/{service}",
                    new JsonObject { ["requestsPerSecond"] = RequestsPerSecond, ["path"] = DemoSpecs.EchoPath }, token);
            }

            if (badVersion is not null)
            {
                await client.SimulateAsync(HttpMethod.Put, FaultPath(badVersion), new JsonObject { ["errorRate"] = BadErrorRate }, token);
            }

            return true;
        }
    }

    private async Task BeginAnewAsync(DemoTenant tenant, string service, CanaryView? running, CancellationToken cancellationToken)
    {
        if (running is not null && !CanaryRuns.HasEnded(running))
        {
            await client.AbortCanaryAsync(tenant, service, cancellationToken);
        }
    }

    /// <summary>The version after every one of echo that serves or was ever tried.</summary>
    private async Task<string> NextVersionAsync(CancellationToken cancellationToken)
    {
        var tried = from run in await client.HistoryAsync(Foo, DemoSpecs.Echo, cancellationToken) select (string)run["view"]!["candidate"]!;
        var last = tried.Append(await client.StableVersionAsync(Foo, DemoSpecs.Echo, cancellationToken))
            .Max(version => int.TryParse(version.Split('-')[^1], CultureInfo.InvariantCulture, out var number) ? number : 1);
        return $"v0-0-{last + 1}";
    }

    private async Task ChapterAsync(string title, Func<CancellationToken, Task> tell, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await tell(cancellationToken);
        terminal.WriteLine($"✓ {title} ({Seconds(time.GetElapsedTime(started))})");
    }

    private static string FaultPath(string version) => $"faults/versions/{Foo.Name}/{DemoSpecs.Echo}/{version}";

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new DemoException(otherwise);
        }
    }
}
