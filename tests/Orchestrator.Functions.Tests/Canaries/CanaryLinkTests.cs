using System.Net;
using Microsoft.Extensions.Configuration;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Identity;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Links that decide once.</summary>
public sealed class CanaryLinkTests
{
    private const string Links = "/api/tenants/foo/canaries/hello/links";
    private const string Quick = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;

    [Fact]
    public async Task Opening_a_link_shows_what_it_decides_and_its_button_decides_once()
    {
        await using var host = await StartAsync("""{"approve":{}},{"pause":{}}""");
        var link = await LinkAsync(host, "approve", "<b>looks good</b>");

        for (var preview = 0; preview < 3; preview++)
        {
            var (shown, page) = await host.OpenAsync(HttpMethod.Get, link);
            Assert.Equal(HttpStatusCode.OK, shown);
            Assert.Contains("Approve v0-0-2?", page, StringComparison.Ordinal);
            Assert.Contains("(&lt;b&gt;looks good&lt;/b&gt;)", page, StringComparison.Ordinal);
        }

        Assert.Empty((await host.ViewAsync()).Decisions);
        await host.RestartAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await host.OpenAsync(HttpMethod.Post, link)).Code);
        var decision = Assert.Single((await host.UntilAsync(CanaryPhase.Paused)).Decisions);
        Assert.Equal(("ann by a link", "approve", "<b>looks good</b>"), (decision.Who, decision.Verb, decision.Reason));

        await host.RestartAsync();
        Assert.Equal(HttpStatusCode.Conflict, (await host.OpenAsync(HttpMethod.Get, link)).Code);
        Assert.Equal(HttpStatusCode.Conflict, (await host.OpenAsync(HttpMethod.Post, link)).Code);
        Assert.Single((await host.ViewAsync()).Decisions);
    }

    [Fact]
    public async Task A_link_decides_in_the_name_of_who_made_it_whoever_uses_it()
    {
        await using var host = await StartAsync("""{"approve":{"minApprovals":2}},{"pause":{}}""");
        host.Caller = HostCaller.WithKey("key:ann");
        var (approve, again, reject) = (await LinkAsync(host, "approve"), await LinkAsync(host, "approve"), await LinkAsync(host, "reject"));

        host.Caller = HostCaller.WithoutKey;
        Assert.Equal(HttpStatusCode.Accepted, (await host.OpenAsync(HttpMethod.Post, approve)).Code);
        host.Caller = HostCaller.Anybody;
        Assert.Equal(["key:ann"], (await host.UntilAsync("the approval", view => view.Approvals is not null)).Approvals!);
        var (code, page) = await host.OpenAsync(HttpMethod.Post, again);
        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.Contains("key:ann has approved already", page, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Accepted, (await host.OpenAsync(HttpMethod.Post, reject)).Code);
        Assert.Equal("rejected by key:ann for ann by a link", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason);
    }

    [Fact]
    public async Task A_link_is_for_its_step_and_its_run_alone()
    {
        await using var host = await StartAsync("""{"approve":{}},{"approve":{}}""");
        var link = await LinkAsync(host, "reject");
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync("the second step", view => view is { Step.Index: 2, Phase: CanaryPhase.AwaitingApproval });
        var (code, page) = await host.OpenAsync(HttpMethod.Post, link);
        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.Contains("Step 1 is over.", page, StringComparison.Ordinal);

        await host.SayAcceptedAsync("abort");
        await host.UntilAsync(CanaryPhase.Aborted);
        await host.EndOfRunAsync(1);
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{}}""", Quick);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        Assert.Contains("is over", (await host.OpenAsync(HttpMethod.Post, link)).Text, StringComparison.Ordinal);
        Assert.Empty((await host.ViewAsync()).Decisions);
    }

    [Fact]
    public async Task A_link_expires()
    {
        await using var host = await StartAsync("""{"approve":{}}""");
        var link = await LinkAsync(host, "reject", expiresIn: "1m");
        await Eventually.GetAsync(
            async () => (await host.OpenAsync(HttpMethod.Get, link)).Code == HttpStatusCode.Gone ? "gone" : null, TimeSpan.FromSeconds(30), "the link to expire");

        Assert.Equal(HttpStatusCode.Gone, (await host.OpenAsync(HttpMethod.Post, link)).Code);
        Assert.Equal(CanaryPhase.AwaitingApproval, (await host.ViewAsync()).Phase);
    }

    [Fact]
    public async Task A_link_that_was_not_made_here_is_none()
    {
        await using var host = await StartAsync("""{"approve":{}}""");
        var link = new Uri(await LinkAsync(host, "reject"));
        var parts = link.Segments[^1].Split('.');
        var forged = DecisionLinks.From(new ConfigurationBuilder().AddInMemoryCollection(
            [KeyValuePair.Create(DecisionLinks.Setting, (string?)"another key that has 32 characters")]).Build());
        var expected = new DecisionLink("foo", "hello", "canary.foo.hello.1", new(Verb.Reject, "ann", null, host.Now, 1, "v0-0-2"), host.Now.AddHours(1));
        string[] tokens =
        [
            $"{parts[0]}.{parts[1]}.",
            $"eyJhbGciOiJub25lIn0.{parts[1]}.",
            $"{parts[0]}.{parts[1][..^4]}AAAA.{parts[2]}",
            forged.Sign(expected),
            "x",
        ];

        foreach (var token in tokens)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await host.OpenAsync(HttpMethod.Post, new Uri(link, token).AbsoluteUri)).Code);
        }

        Assert.Equal(CanaryPhase.AwaitingApproval, (await host.ViewAsync()).Phase);

        host.LinkKey = null;
        await host.RestartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await host.OpenAsync(HttpMethod.Post, link.AbsoluteUri)).Code);
        var (code, body) = await host.SendAsync(HttpMethod.Post, Links, new { by = "ann", verb = "approve" });
        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.Contains("set Orchestrator__Links__Key", (string?)body!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_decided_gets_no_link()
    {
        await using var host = await StartAsync("""{"pause":{}}""", CanaryPhase.Paused);
        Assert.Equal(HttpStatusCode.Conflict, (await host.SendAsync(HttpMethod.Post, Links, new { by = "ann", verb = "approve" })).Code);
        var (code, body) = await host.SendAsync(HttpMethod.Post, Links, new { verb = "abort", expiresIn = "8d" });
        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal(["/by", "/expiresIn", "/verb"], body!["errors"]!.AsArray().Select(error => (string?)error!["pointer"]).Order());
    }

    [Fact]
    public void A_short_key_is_none() => Assert.Throws<InvalidOperationException>(() => DecisionLinks.From(
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(DecisionLinks.Setting, (string?)"short")]).Build()));

    private static async Task<CanaryHost> StartAsync(string steps, CanaryPhase phase = CanaryPhase.AwaitingApproval)
    {
        var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", steps, Quick);
        await host.UntilAsync(phase);
        return host;
    }

    private static async Task<string> LinkAsync(CanaryHost host, string verb, string? reason = null, string expiresIn = "1h")
    {
        var (code, body) = await host.SendAsync(HttpMethod.Post, Links, new { by = "ann", verb, reason, expiresIn });
        Assert.True(code == HttpStatusCode.Created, body?.ToJsonString());
        return (string)body!["url"]!;
    }
}
