using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Durable.Engine.Management;
using Orchestrator.TestKit;

namespace Orchestrator.Durable.Engine.Tests.Management;

public sealed class ManagementAnswerTests
{
    private const string Any = "ANY";

    public static TheoryData<string> Proofs => [.. ManagementProofs.All.Select(proof => proof.ToString())];

    [Theory]
    [MemberData(nameof(Proofs))]
    public async Task A_request_is_answered_as_the_table_says(string name)
    {
        var proof = ManagementProofs.All.Single(proof => proof.ToString() == name);
        await using var api = await ManagementHost.StartAsync(proof.Client);

        using var answer = await Expect.Within(proof.Ask(api), "the answer");

        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(proof.Status == (int)answer.StatusCode, $"{answer.StatusCode}: {body}");
        Assert.Equal((proof.Verb == Any ? api.Last!.Value.Verb : proof.Verb, proof.Route), api.Last);
        var type = answer.Content.Headers.ContentType?.MediaType;
        Assert.Equal(proof.Status is >= 400 and not 500, type == "application/problem+json");
        Assert.DoesNotContain("Orchestrator.Durable", body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_status_code_of_every_route_is_in_the_table_and_no_other()
    {
        await using var api = await ManagementHost.StartAsync();

        var mapped =
            from endpoint in api.Endpoints
            from verb in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [Any]
            from answer in endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>()
            select $"{verb} {endpoint.RoutePattern.RawText![(DurableTaskApi.BasePath.Length + 1)..]} {answer.StatusCode}";
        Assert.Equal(mapped.Order(), ManagementProofs.All.Select(proof => $"{proof.Verb} {proof.Route} {proof.Status}").Distinct().Order());
        Assert.All(api.Endpoints, endpoint => Assert.NotNull(endpoint.Metadata.GetMetadata<IProducesResponseTypeMetadata>()));
    }

    /// <summary>A difference says: run <c>.ci/management-page</c> and commit the page.</summary>
    [Fact]
    public void The_page_is_the_table() =>
        Assert.Equal(ManagementPage.Text(), File.ReadAllText(Repository.PathOf("docs", "management-api.md")));

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("a?b#c")]
    [InlineData("100%")]
    [InlineData("me@home")]
    [InlineData("with space")]
    [InlineData("grün")]
    [InlineData("😀")]
    [InlineData("a+b&c=d;e")]
    [InlineData("..a..")]
    [InlineData("\"'<>\\^`{|}")]
    public async Task An_id_may_have_any_character_that_is_escaped(string id)
    {
        await using var api = await ManagementHost.StartAsync();
        var escaped = Uri.EscapeDataString(id);

        using var started = await api.PostAsync($"orchestrators/Wait/{escaped}");
        using var raised = await api.PostAsync($"instances/{escaped}/raiseEvent/{Uri.EscapeDataString("E/1")}");
        using var status = await api.GetAsync($"instances/{escaped}");

        Assert.Equal((202, 202, 202), ((int)started.StatusCode, (int)raised.StatusCode, (int)status.StatusCode));
        Assert.EndsWith($"/instances/{escaped}", started.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var body = JsonNode.Parse(await status.Content.ReadAsStringAsync())!;
        Assert.Equal(id, body["instanceId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Payloads_as_deep_as_an_app_makes_them_are_shown()
    {
        await using var api = await ManagementHost.StartAsync();
        var deep = new string('[', 64) + new string(']', 64);
        using var started = await api.PostAsync("orchestrators/Wait/deep", deep);

        using var status = await api.GetAsync("instances/deep");
        using var list = await api.GetAsync("instances");

        Assert.Equal((202, 202, 200), ((int)started.StatusCode, (int)status.StatusCode, (int)list.StatusCode));
        Assert.Contains(deep, await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
