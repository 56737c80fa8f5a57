using System.Text.Json.Nodes;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Commands;

/// <summary>What is wrong with a spec, told without a server.</summary>
public sealed class LintTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("service: hello\ncandidate: { version: v0-0-2 }")]
    [InlineData("""{ "service": "hello", "candidate": { "version": "v0-0-2" } }""")]
    public async Task A_spec_without_a_problem_holds(string text)
    {
        var result = await Orc.RunAsync("canaries", "lint", "-f", Spec(text));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("is valid", result.Output);
    }

    [Fact]
    public async Task Every_problem_is_told_with_its_line()
    {
        var file = Spec("""
            service: hello
            candidate:
              version: V1
            steps:
            - setWeight: 10
            - wait: {}
            colour: red
            """);

        var result = await Orc.RunAsync("canaries", "lint", "-f", file);

        Assert.Equal(1, result.ExitCode);
        string[][] expected =
            [["3", "/candidate/version", "invalid"], ["6", "/steps/1", "one-of"], ["6", "/steps/1/wait", "unknown"], ["7", "/colour", "unknown"]];
        foreach (var problem in expected)
        {
            Assert.Matches($@"{problem[0]}\s+{problem[1]}\s.*\s{problem[2]}", result.Output.ReplaceLineEndings(" "));
        }
    }

    [Fact]
    public async Task In_JSON_the_problems_are_data()
    {
        var file = Spec("""
            {
              "gateway": {
                "service": { "ports": [ { "name": "http2",
                  "port": 0 } ] }
              },
              "policies": { "quota": { "a/b/c": 1 } }
            }
            """);

        var result = await Orc.RunAsync("tenants", "lint", "foo", "-f", file, "-o", "json");
        var answer = JsonNode.Parse(result.Output)!;

        Assert.Equal((1, "", false), (result.ExitCode, result.Error, (bool)answer["valid"]!));
        Assert.Equal(
            [("/gateway/service/ports/0/port", "range", 4), ("/policies/quota/a~1b~1c", "unknown", 6)],
            answer["errors"]!.AsArray().Select(e => ((string)e!["pointer"]!, (string)e["code"]!, (int)e["line"]!)));
    }

    [Fact]
    public async Task What_is_missing_is_told_where_it_is_missing()
    {
        var result = await Orc.RunAsync("canaries", "lint", "-f", Spec("\nservice: hello\nbake:\n  metrics:\n  - name: success-rate\ncandidate: {}"), "-o", "json");

        Assert.Equal(
            [("/bake/metrics/0", 5), ("/candidate/version", 6)],
            JsonNode.Parse(result.Output)!["errors"]!.AsArray().Select(e => ((string)e!["pointer"]!, (int)e["line"]!)).Order());
    }

    [Fact]
    public async Task The_name_of_the_tenant_counts()
    {
        var file = Spec("gateway: { service: { ports: [{ name: http2, port: 80 }] } }");

        Assert.Equal(0, (await Orc.RunAsync("tenants", "lint", "foo", "-f", file)).ExitCode);
        Assert.Contains("system namespace", (await Orc.RunAsync("tenants", "lint", "kube-system", "-f", file)).Output);
    }

    [Theory]
    [InlineData("""{"service":"hello","candidate":{"version":"v2"},"deadline":"1h","deadline":"2h"}""", "deadline")]
    [InlineData("""{"service":"hello","candidate":{"version":"\ud800"}}""", "surrogate")]
    [InlineData("{\n\t\"service\": 1,\n\t\"candidate\": {\"version\": \"v2\"}\n}", "/service")]
    public async Task What_the_server_could_not_read_is_a_problem(string text, string expected)
    {
        var result = await Orc.RunAsync("canaries", "lint", "-f", Spec(text));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Output + result.Error);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var result = await Orc.RunAsync("canaries", "lint", "-f", folder["nothing.yaml"]);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("nothing.yaml", result.Error);
    }

    private string Spec(string text)
    {
        File.WriteAllText(folder["spec.yaml"], text);
        return folder["spec.yaml"];
    }
}
