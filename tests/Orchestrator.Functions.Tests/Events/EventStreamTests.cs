using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Tests.Canaries;

namespace Orchestrator.Functions.Tests.Events;

public sealed class EventStreamTests
{
    private const string Approval = """{"preview":{}},{"approve":{"timeout":"6h"}},{"setWeight":100}""";
    private const string More = """, "preview":{"header":{"name":"version","value":"v"}},"keepStable":"0s","deadline":"12h" """;

    private static bool Is(JsonObject message, string phase) => message["data"].Text("phase") == phase;

    [Fact]
    public async Task A_change_is_told_as_a_CloudEvent_with_the_view_of_the_API()
    {
        await using var host = await CanaryHost.StartAsync();
        await using var reader = await EventReader.OpenAsync(host.Address);

        await host.SubmitAcceptedAsync("v0-0-2", Approval, More);
        var message = await reader.UntilAsync("an approval that is waited for", next => Is(next, "AwaitingApproval"));
        var view = (await host.SendAsync(HttpMethod.Get, "/api/tenants/foo/canaries/hello")).Body;

        Assert.Equal(
            ("1.0", "orchestrator.canary.changed", "/orchestrator/instances", "tenants/foo/canaries/hello", "application/json"),
            (message.Text("specversion"), message.Text("type"), message.Text("source"), message.Text("subject"), message.Text("datacontenttype")));
        Assert.EndsWith("/canary.foo.hello.1", message.Text("id"));
        Assert.True(JsonNode.DeepEquals(view, message["data"]), $"{view} {message["data"]}");

        await host.SayAcceptedAsync("abort");
        var end = await reader.UntilAsync("an end", next => Is(next, "Aborted"));
        Assert.Equal("aborted by ann: because", end["data"].Text("reason"));
    }

    [Fact]
    public async Task Who_comes_back_misses_nothing_that_happened_meanwhile_even_to_the_host()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        string last;
        await using (var reader = await EventReader.OpenAsync(host.Address))
        {
            await host.SubmitAcceptedAsync("v0-0-2", Approval, More);
            await reader.UntilAsync("an approval that is waited for", next => Is(next, "AwaitingApproval"));
            last = reader.LastEventId;
        }

        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoted);
        await host.EndOfRunAsync(1);
        await host.RestartAsync();

        await using var again = await EventReader.OpenAsync(host.Address, lastEventId: last);
        var end = await again.UntilAsync("the promotion", next => Is(next, "Promoted"));
        Assert.NotNull(end["data"]!["finishedAt"]);
    }

    [Fact]
    public async Task Who_heard_nothing_yet_comes_back_to_where_it_began()
    {
        await using var host = await CanaryHost.StartAsync();
        string last;
        await using (var reader = await EventReader.OpenAsync(host.Address, "?follow=false"))
        {
            Assert.Null(await reader.NextAsync());
            last = reader.LastEventId;
        }

        await host.SubmitAcceptedAsync("v0-0-2", Approval, More);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);

        await using var again = await EventReader.OpenAsync(host.Address, lastEventId: last);
        await again.UntilAsync("an approval that is waited for", next => Is(next, "AwaitingApproval"));
    }

    [Fact]
    public async Task What_was_is_told_from_a_time_on_and_of_one_tenant()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", Approval, More);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        var hourAgo = $"since={DateTime.UtcNow.AddHours(-1):O}&follow=false";

        Assert.Equal(["tenants/foo", "tenants/foo/canaries/hello"], await SubjectsAsync($"?{hourAgo}"));
        Assert.Equal(["tenants/foo", "tenants/foo/canaries/hello"], await SubjectsAsync($"?{hourAgo}&tenant=foo"));
        Assert.Equal([], await SubjectsAsync($"?{hourAgo}&tenant=fo"));

        async Task<IEnumerable<string?>> SubjectsAsync(string query)
        {
            await using var reader = await EventReader.OpenAsync(host.Address, query);
            List<string?> subjects = [];
            while (await reader.NextAsync() is { } message)
            {
                subjects.Add(message.Text("subject"));
            }

            return subjects.Order(StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task A_canary_that_waits_for_another_one_is_told()
    {
        await using var host = await CanaryHost.StartAsync();
        await using var reader = await EventReader.OpenAsync(host.Address);
        await host.SubmitAcceptedAsync("v0-0-2", Approval, More);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);

        await host.SubmitAcceptedAsync("v0-0-3", Approval, More);

        await reader.UntilAsync("a canary that waits", next => Is(next, "Queued") && next["data"].Text("candidate") == "v0-0-3");
    }

    [Fact]
    public async Task A_stream_ends_as_it_should_when_the_host_stops()
    {
        var host = await CanaryHost.StartAsync();
        await using var reader = await EventReader.OpenAsync(host.Address);

        await host.DisposeAsync();

        Assert.Null(await reader.NextAsync());
    }

    [Theory]
    [InlineData("yesterday", HttpStatusCode.BadRequest, "the id of an event")]
    [InlineData("2001-01-01T00:00:00Z/canary.foo.hello.1", HttpStatusCode.Gone, "follow from now on")]
    public async Task A_place_where_no_stream_can_begin_is_refused(string since, HttpStatusCode status, string expected)
    {
        await using var host = await CanaryHost.StartAsync();

        var (code, body) = await host.SendAsync(HttpMethod.Get, $"/api/events?since={Uri.EscapeDataString(since)}");

        Assert.Equal(status, code);
        Assert.Contains(expected, body!.ToJsonString());
    }

    [Fact]
    public async Task As_many_may_follow_as_there_are_places_and_a_place_that_is_left_is_free()
    {
        await using var host = await CanaryHost.StartAsync();
        List<EventReader> readers = [];
        for (var i = 0; i < Functions.Events.EventFeed.Places; i++)
        {
            readers.Add(await EventReader.OpenAsync(host.Address));
        }

        var (code, body) = await host.SendAsync(HttpMethod.Get, "/api/events?follow=false");
        Assert.Equal((HttpStatusCode.TooManyRequests, "50 callers follow events here already: try again in a moment."), (code, body.Text("detail")));

        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }

        await TestKit.Eventually.Async(
            async () =>
            {
                using var http = new HttpClient { BaseAddress = host.Address };
                return (await http.GetAsync("/api/events?follow=false")).StatusCode == HttpStatusCode.OK;
            },
            TimeSpan.FromSeconds(60),
            "a free place");
    }
}
