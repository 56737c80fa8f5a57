using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Host.Tests.Commands;

public sealed class DoctorTests
{
    private const string Warning = """{"severity":"Warning","code":"no-control-plane","evidence":"no istiod","advice":"Run `orc mesh ensure`."}""";
    private const string Error = """{"severity":"Error","code":"right-missing","evidence":"may not get pods/proxy","advice":"Apply infra/kubernetes."}""";

    [Theory]
    [InlineData(Warning, 0)]
    [InlineData($"{Error},{Warning}", 1)]
    public async Task The_cluster_is_looked_at_now_and_an_error_is_the_exit_code(string findings, int exitCode)
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Text(View(findings), "application/json"));

        var result = await server.OrcAsync("doctor", "--cluster", "west");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal("/api/meshes/west?live=true", Assert.Single(server.Requests).PathAndQuery);
        Assert.Contains("no-control-plane", result.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode == 1, result.Output.Contains("may not get pods/proxy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_output_is_the_findings()
    {
        await using var server = await FakeServer.StartAsync(_ => Results.Text(View(Error), "application/json"));

        var result = await server.OrcAsync("doctor", "-o", "json");

        Assert.Equal(1, result.ExitCode);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($"[{Error}]"), JsonNode.Parse(result.Output)));
    }

    private static string View(string findings) => $$"""{"cluster":"west","phase":"Absent","steps":[],"findings":[{{findings}}],"instanceId":"mesh.west"}""";
}
