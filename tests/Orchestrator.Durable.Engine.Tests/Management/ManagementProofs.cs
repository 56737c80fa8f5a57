using Microsoft.DurableTask.Client;
using Moq;
using Orchestrator.Durable.Engine.Tests.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Management;

/// <summary>An answer of the management API and the request that gets it.</summary>
/// <param name="Verb">The verb; ANY where the route takes all.</param>
/// <param name="Route">The route below the API's base.</param>
/// <param name="Status">The status code.</param>
/// <param name="When">When it is given, in words.</param>
/// <param name="Ask">Brings the host into the state and asks.</param>
internal sealed record ManagementProof(string Verb, string Route, int Status, string When, Func<ManagementHost, Task<HttpResponseMessage>> Ask)
{
    /// <summary>The client in the place of the engine's.</summary>
    public DurableTaskClient? Client { get; init; }

    public override string ToString() => $"{Verb} {Route} {Status}: {When}";
}

/// <summary>Every answer of every route of the management API; <c>docs/management-api.md</c> is written from them.</summary>
internal static class ManagementProofs
{
    private const string Start = "orchestrators/{functionName}/{instanceId?}";
    private const string One = "instances/{instanceId}";
    private const string Raise = "instances/{instanceId}/raiseEvent/{eventName}";
    private const string Longest = "256 characters";

    private static readonly string LongId = new('i', 257);
    private static readonly string LargeBody = $"\"{new string('x', 1000)}\"";

    // Its umlauts are escaped as a payload, so that what is within the limit as a body is beyond it as a payload.
    private static readonly string GrowingBody = $"\"{new string('ü', 400)}\"";

    public static IReadOnlyList<ManagementProof> All { get; } =
    [
        .. Starts(),
        .. Restarts(),
        .. Queries(),
        .. Purges(),
        .. Events(),
        .. Controls(),
        .. Rewinds(),
        .. Inspections(),
        .. Entities(),
        new("ANY", "{**rest}", 404, "the API has no such route", async api => await api.GetAsync("nothing/here")),
        new("ANY", "{**rest}", 404, "the route has no such verb (the genuine host knows no 405)", async api => await api.SendAsync("PUT", "instances/i")),
    ];

    private static IEnumerable<ManagementProof> Starts()
    {
        ManagementProof New(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) => new("POST", Start, status, when, ask);
        yield return New(202, "it is started", api => api.PostAsync("orchestrators/Wait/i", "{}"));
        yield return New(202, "no such function is known: the instance fails", api => api.PostAsync("orchestrators/Unknown"));
        yield return New(202, "`timeout` is over before its end", api => api.PostAsync("orchestrators/Wait?timeout=0.01"));
        yield return New(202, "the former instance of this id has ended", async api => await (await api.CompletedAsync()).PostAsync("orchestrators/Wait/i"));
        yield return New(200, "`timeout` is given and it ends before", api => api.PostAsync("orchestrators/Done?timeout=30"));
        yield return New(400, "the body is not JSON", api => api.PostAsync("orchestrators/Wait", "{"));
        yield return New(400, "a text of the body is no text (half of a surrogate pair)", api => api.PostAsync("orchestrators/Wait", "\"\\ud800\""));
        yield return New(400, "`timeout` or `pollingInterval` is no number of seconds", api => api.PostAsync("orchestrators/Wait?timeout=soon"));
        yield return New(400, "`pollingInterval` is longer than `timeout`", api => api.PostAsync("orchestrators/Wait?timeout=1&pollingInterval=2"));
        yield return New(400, $"the id is longer than {Longest}", api => api.PostAsync($"orchestrators/Wait/{LongId}"));
        yield return New(400, "the id begins with `@`", api => api.PostAsync("orchestrators/Wait/@i"));
        yield return New(400, "the id has a control character", api => api.PostAsync("orchestrators/Wait/a%0Ab"));
        yield return New(408, "the body comes too slowly", api => api.SendAsync("POST", "orchestrators/Wait", "{}", ("x-slow", "1")));
        yield return New(409, "an instance of this id is alive", async api => await (await api.RunningAsync()).PostAsync("orchestrators/Wait/i"));
        yield return New(413, "the body is larger than the largest payload", api => api.PostAsync("orchestrators/Wait", LargeBody));
        yield return New(413, "the body as payload is larger than the largest payload", api => api.PostAsync("orchestrators/Wait", GrowingBody));
        yield return New(503, "the store cannot be written", async api => await (await api.WithoutDiskAsync()).PostAsync("orchestrators/Wait"));
    }

    private static IEnumerable<ManagementProof> Restarts()
    {
        ManagementProof New(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) =>
            new("POST", One + "/restart", status, when, ask);
        yield return New(202, "it is started anew under a new id", async api => await (await api.CompletedAsync()).PostAsync("instances/i/restart"));
        yield return New(
            202,
            "it is started anew under its own id",
            async api => await (await api.CompletedAsync()).PostAsync("instances/i/restart?restartWithNewInstanceId=false"));
        yield return New(400, "there is no such instance", api => api.PostAsync("instances/i/restart"));
        yield return New(400, "`restartWithNewInstanceId` is not true or false", api => api.PostAsync("instances/i/restart?restartWithNewInstanceId=2"));
        yield return New(409, "it has not ended", async api => await (await api.RunningAsync()).PostAsync("instances/i/restart"));
        yield return New(501, "the client of the host cannot restart", api => api.PostAsync("instances/i/restart")) with { Client = Limited() };
        yield return New(
            503,
            "the store cannot be written",
            async api => await (await (await api.CompletedAsync()).WithoutDiskAsync()).PostAsync("instances/i/restart"));
    }

    private static IEnumerable<ManagementProof> Queries()
    {
        yield return List(200, "always else", "instances");
        yield return List(400, "a time is no time", "instances?createdTimeFrom=yesterday");
        yield return List(400, "`runtimeStatus` has a word that is no status", "instances?runtimeStatus=Running,Odd");
        yield return List(400, "`top` is no number from 1", "instances?top=0");
        yield return List(400, "`showInput` is not true or false", "instances?showInput=maybe");
        yield return new(
            "GET",
            "instances",
            400,
            "the continuation token is none of the store",
            api => api.SendAsync("GET", "instances", "", ("x-ms-continuation-token", "eyJhIjoxfQ==")));
        yield return new("GET", "instances", 503, "the store cannot be read", api => api.Unreadable().GetAsync("instances"));

        ManagementProof New(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) => new("GET", One, status, when, ask);
        yield return New(200, "it has ended", async api => await (await api.CompletedAsync()).GetAsync("instances/i"));
        yield return New(200, "it has failed", async api => await (await api.FailedAsync()).GetAsync("instances/i"));
        yield return New(202, "it runs", async api => await (await api.RunningAsync()).GetAsync("instances/i"));
        yield return New(202, "it is suspended", async api => await (await api.SuspendedAsync()).GetAsync("instances/i"));
        yield return New(400, "a flag is not true or false", api => api.GetAsync("instances/i?showHistory=maybe"));
        yield return New(404, "there is no such instance", api => api.GetAsync("instances/i"));
        yield return New(404, $"the id is longer than {Longest}", api => api.GetAsync($"instances/{LongId}"));
        yield return New(
            409,
            "its history is asked for and damaged",
            async api => await (await api.RunningAsync()).Vandalize("UPDATE history SET crc = crc + 1").GetAsync("instances/i?showHistory=true"));
        yield return New(
            500,
            "it has failed and `returnInternalServerErrorOnFailure` is true",
            async api => await (await api.FailedAsync()).GetAsync("instances/i?returnInternalServerErrorOnFailure=true"));
        yield return New(503, "the store cannot be read", api => api.Unreadable().GetAsync("instances/i"));

        static ManagementProof List(int status, string when, string path) => new("GET", "instances", status, when, api => api.GetAsync(path));
    }

    private static IEnumerable<ManagementProof> Purges()
    {
        const string FromThen = "instances?createdTimeFrom=2020-01-01";
        ManagementProof All(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) => new("DELETE", "instances", status, when, ask);
        ManagementProof New(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) => new("DELETE", One, status, when, ask);
        yield return All(200, "some are removed", async api => await (await api.CompletedAsync()).DeleteAsync(FromThen));
        yield return All(400, "`createdTimeFrom` is missing", api => api.DeleteAsync("instances"));
        yield return All(400, "a time is no time", api => api.DeleteAsync("instances?createdTimeFrom=2026-02-30"));
        yield return All(404, "no ended instance matches", async api => await (await api.RunningAsync()).DeleteAsync(FromThen));
        yield return All(
            503, "the store cannot be written", async api => await (await (await api.CompletedAsync()).WithoutDiskAsync()).DeleteAsync(FromThen));
        yield return New(200, "it is removed", async api => await (await api.CompletedAsync()).DeleteAsync("instances/i"));
        yield return New(404, "there is no such instance", api => api.DeleteAsync("instances/i"));
        yield return New(412, "it has not ended", async api => await (await api.RunningAsync()).DeleteAsync("instances/i"));
        yield return New(
            503, "the store cannot be written", async api => await (await (await api.CompletedAsync()).WithoutDiskAsync()).DeleteAsync("instances/i"));
    }

    private static IEnumerable<ManagementProof> Events()
    {
        ManagementProof New(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) => new("POST", Raise, status, when, ask);
        const string Path = "instances/i/raiseEvent/E";
        yield return New(202, "it is accepted", async api => await (await api.RunningAsync()).PostAsync(Path, "\"yes\""));
        yield return New(202, "the instance is suspended: it gets it later", async api => await (await api.SuspendedAsync()).PostAsync(Path));
        yield return New(400, "the body is not JSON", async api => await (await api.RunningAsync()).PostAsync(Path, "yes"));
        yield return New(404, "there is no such instance", api => api.PostAsync(Path));
        yield return New(408, "the body comes too slowly", api => api.SendAsync("POST", Path, "{}", ("x-slow", "1")));
        yield return New(410, "the instance has ended", async api => await (await api.CompletedAsync()).PostAsync(Path));
        yield return New(413, "the body is larger than the largest payload", api => api.PostAsync(Path, LargeBody));
        yield return New(
            413, "the body as payload is larger than the largest payload", async api => await (await api.RunningAsync()).PostAsync(Path, GrowingBody));
        yield return New(503, "the store cannot be written", async api => await (await (await api.RunningAsync()).WithoutDiskAsync()).PostAsync(Path));
    }

    private static IEnumerable<ManagementProof> Controls()
    {
        foreach (var verb in (string[])["terminate", "suspend", "resume"])
        {
            var path = $"instances/i/{verb}?reason=why";
            Func<ManagementHost, Task<ManagementHost>> fit = verb == "resume" ? api => api.SuspendedAsync() : api => api.RunningAsync();
            yield return New(202, "it is accepted", async api => await (await fit(api)).PostAsync(path));
            yield return New(404, "there is no such instance", api => api.PostAsync(path));
            yield return New(410, "the instance has ended", async api => await (await api.CompletedAsync()).PostAsync(path));
            yield return New(503, "the store cannot be written", async api => await (await (await fit(api)).WithoutDiskAsync()).PostAsync(path));
            if (verb == "suspend")
            {
                yield return New(409, "it is suspended already", async api => await (await api.SuspendedAsync()).PostAsync(path));
            }
            else if (verb == "resume")
            {
                yield return New(409, "it is not suspended", async api => await (await api.RunningAsync()).PostAsync(path));
            }

            ManagementProof New(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) => new("POST", $"{One}/{verb}", status, when, ask);
        }
    }

    private static IEnumerable<ManagementProof> Rewinds()
    {
        ManagementProof New(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) => new("POST", One + "/rewind", status, when, ask);
        yield return New(202, "it is accepted", async api => await (await api.FailedAsync()).PostAsync("instances/i/rewind?reason=why"));
        yield return New(404, "there is no such instance", api => api.PostAsync("instances/i/rewind"));
        yield return New(412, "it has not failed", async api => await (await api.CompletedAsync()).PostAsync("instances/i/rewind"));
        yield return New(501, "the client of the host cannot rewind", api => api.PostAsync("instances/i/rewind")) with { Client = Limited() };
        yield return New(
            503, "the store cannot be written", async api => await (await (await api.FailedAsync()).WithoutDiskAsync()).PostAsync("instances/i/rewind"));
    }

    private static IEnumerable<ManagementProof> Inspections()
    {
        yield return new("GET", One + "/wait", 200, "always else", async api => await (await api.RunningAsync()).GetAsync("instances/i/wait"));
        yield return new("GET", One + "/wait", 404, "there is no such instance", api => api.GetAsync("instances/i/wait"));
        yield return new("GET", One + "/wait", 503, "the store cannot be read", api => api.Unreadable().GetAsync("instances/i/wait"));

        yield return new("GET", One + "/history", 200, "always else", async api => await (await api.RunningAsync()).GetAsync("instances/i/history"));
        yield return new("GET", One + "/history", 404, "there is no such instance", api => api.GetAsync("instances/i/history"));
        yield return new(
            "GET",
            One + "/history",
            409,
            "the history is damaged",
            async api => await (await api.RunningAsync()).Vandalize("UPDATE history SET crc = crc + 1").GetAsync("instances/i/history"));
        yield return new("GET", One + "/history", 503, "the store cannot be read", api => api.Unreadable().GetAsync("instances/i/history"));

        ManagementProof Requeue(int status, string when, Func<ManagementHost, Task<HttpResponseMessage>> ask) =>
            new("POST", One + "/requeue", status, when, ask);
        yield return Requeue(202, "it is accepted", async api => await (await api.QuarantinedAsync()).PostAsync("instances/i/requeue"));
        yield return Requeue(404, "there is no such instance", api => api.PostAsync("instances/i/requeue"));
        yield return Requeue(
            409,
            "what waits for it is damaged",
            async api => await (await api.QuarantinedAsync())
                .Vandalize("INSERT INTO inbox (instance, data, crc) SELECT key, 'x', 0 FROM instances")
                .PostAsync("instances/i/requeue"));
        yield return Requeue(412, "it is in no quarantine", async api => await (await api.RunningAsync()).PostAsync("instances/i/requeue"));
        yield return Requeue(
            503,
            "the store cannot be written",
            async api => await (await (await api.QuarantinedAsync()).WithoutDiskAsync()).PostAsync("instances/i/requeue"));

        yield return new("GET", "stuck", 200, "always else", api => api.GetAsync("stuck"));
        yield return new("GET", "stuck", 503, "the store cannot be read", api => api.Unreadable().GetAsync("stuck"));
        yield return new("GET", "backup", 200, "always else", api => api.GetAsync("backup"));
        yield return new("GET", "backup", 503, "the copy cannot be made", api => api.Unreadable().GetAsync("backup"));
    }

    private static IEnumerable<ManagementProof> Entities()
    {
        const string Entity = "entities/{name}/{key}";
        yield return new("GET", "entities/{name?}", 200, "always: there are none", api => api.GetAsync("entities/counter"));
        yield return new("GET", Entity, 404, "always: there are none", api => api.GetAsync("entities/counter/1"));
        yield return new("POST", Entity, 501, "always: the host has no entities", api => api.PostAsync("entities/counter/1?op=add", "1"));
        yield return new("DELETE", Entity, 501, "always: the host has no entities", api => api.DeleteAsync("entities/counter/1"));
    }

    /// <summary>A client that cannot do more than it must, as that of another backend may; it knows a failed instance.</summary>
    private static DurableTaskClient Limited()
    {
        var client = FunctionsHost.DurableClient();
        client.Setup(each => each.GetInstancesAsync("i", It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new OrchestrationMetadata("Break", "i") { RuntimeStatus = OrchestrationRuntimeStatus.Failed });
        return client.Object;
    }
}
