using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Host.Tests.Commands;

public sealed class FollowEventsTests
{
    private const string Promoted = """{"specversion":"1.0","id":"2026-11-30T09:00:00.0000000Z/canary.foo.hello.1","source":"/orchestrator/instances","type":"orchestrator.canary.changed","subject":"tenants/foo/canaries/hello","time":"2026-11-30T09:00:00Z","data":{"phase":"Promoted","weights":{"stable":0,"canary":100},"waitingFor":null,"reason":null}}""";
    private const string Failed = """{"specversion":"1.0","id":"2026-11-30T09:00:01.0000000Z/tenant.bar","source":"/orchestrator/instances","type":"orchestrator.tenant.changed","subject":"tenants/bar","time":"2026-11-30T09:00:01Z","data":{"phase":"Failed","reason":"istiod is away"}}""";

    [Fact]
    public async Task What_changed_lately_is_told_line_by_line()
    {
        await using var server = await FakeServer.StartAsync(_ => Events(Promoted, Failed));

        var result = await server.OrcAsync("events", "--tenant", "foo", "--since", "2h");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            ["2026-11-30 09:00:00Z  tenants/foo/canaries/hello  Promoted 0/100", "2026-11-30 09:00:01Z  tenants/bar  Failed  istiod is away"],
            result.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        var path = Assert.Single(server.Requests).PathAndQuery;
        Assert.Matches(@"^/api/events\?follow=false&since=2[0-9T:.-]+Z&tenant=foo$", path);
    }

    [Fact]
    public async Task In_JSON_each_line_is_an_event()
    {
        await using var server = await FakeServer.StartAsync(_ => Events(Promoted, Failed));

        var result = await server.OrcAsync("events", "-o", "json");

        Assert.Equal([Promoted, Failed], result.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_stream_that_ends_is_taken_up_where_it_was_and_nothing_is_told_twice()
    {
        List<string?> from = [];
        await using var server = await FakeServer.StartAsync(request =>
        {
            lock (from)
            {
                from.Add(request.LastEventId);
                return from.Count switch
                {
                    1 => Results.Text(": all until here\nid: 2026-11-30T08:59:00.0000000Z\n\n", "text/event-stream"),
                    2 => Events(Promoted),
                    3 => Events(Promoted, Failed),
                    _ => Results.Problem(statusCode: 403, title: "Not allowed."),
                };
            }
        });

        var result = await server.OrcAsync("events", "-w", "-o", "json");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Not allowed", result.Error);
        Assert.Equal([Promoted, Failed], result.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal([null, "2026-11-30T08:59:00.0000000Z", (string)JsonNode.Parse(Promoted)!["id"]!, (string)JsonNode.Parse(Failed)!["id"]!], from);
    }

    private static IResult Events(params string[] messages) =>
        Results.Text(string.Concat(messages.Select(message => $"id: {JsonNode.Parse(message)!["id"]}\ndata: {message}\n\n")), "text/event-stream");
}
