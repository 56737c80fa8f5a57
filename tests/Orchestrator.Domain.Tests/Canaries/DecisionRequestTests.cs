using System.Text.Json;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Tests.Canaries;

/// <summary>Whose name stands under a decision.</summary>
public sealed class DecisionRequestTests
{
    [Theory]
    [InlineData("""{"by":"ann"}""", null, "ann", null)]
    [InlineData("""{"by":"ann"}""", "key:ci", "key:ci", "ann")]
    [InlineData("""{"by":"key:ci"}""", "key:ci", "key:ci", null)]
    [InlineData("{}", "key:ci", "key:ci", null)]
    public void The_authenticated_identity_counts_before_what_the_body_claims(string body, string? identity, string by, string? onBehalfOf)
    {
        var decision = Read(body, identity).Value!;
        Assert.Equal((by, onBehalfOf), (decision.By, decision.OnBehalfOf));
    }

    [Theory]
    [InlineData("{}", null, "required")]
    [InlineData("""{"by":" "}""", null, null)]
    [InlineData("""{"by":" "}""", "key:ci", null)]
    [InlineData("""{"onBehalfOf":"ann"}""", "key:ci", null)]
    public void What_is_wrong_is_named_with_or_without_an_identity(string body, string? identity, string? code)
    {
        var problem = Assert.Single(Read(body, identity).Problems);
        Assert.Equal(body.Contains("onBehalfOf", StringComparison.Ordinal) ? "/onBehalfOf" : "/by", problem.Pointer);
        Assert.Equal(code ?? problem.Code, problem.Code);
    }

    private static Parsed<CanaryDecision> Read(string body, string? identity)
    {
        using var document = JsonDocument.Parse(body);
        return DecisionRequest.Read(document.RootElement, "approve", full: false, DateTime.UnixEpoch, identity);
    }
}
