using Orchestrator.Host.Input;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Input;

public sealed class SpecFileTests
{
    [Theory]
    [InlineData("version: 0.0.1", """{"version":"0.0.1"}""")]
    [InlineData("version: v0-0-2", """{"version":"v0-0-2"}""")]
    [InlineData("min: 1.0", """{"min":1.0}""")]
    [InlineData("min: 99.50", """{"min":99.50}""")]
    [InlineData("port: 8080", """{"port":8080}""")]
    [InlineData("port: '8080'", """{"port":"8080"}""")]
    [InlineData("port: \"8080\"", """{"port":"8080"}""")]
    [InlineData("mode: 0755", """{"mode":"0755"}""")]
    [InlineData("id: 0x1F", """{"id":"0x1F"}""")]
    [InlineData("answer: yes", """{"answer":"yes"}""")]
    [InlineData("on: true", """{"on":true}""")]
    [InlineData("nothing: ~", """{"nothing":null}""")]
    [InlineData("nothing:", """{"nothing":null}""")]
    [InlineData("duration: 1h30m", """{"duration":"1h30m"}""")]
    [InlineData("at: 12:30:45", """{"at":"12:30:45"}""")]
    [InlineData("egress: [\"./*\", istio-system/*]", """{"egress":["./*","istio-system/*"]}""")]
    [InlineData("steps:\n- preview: {}\n- setWeight: 10\n", """{"steps":[{"preview":{}},{"setWeight":10}]}""")]
    [InlineData("{\"a\":\t1.0}", """{"a":1.0}""")]
    [InlineData("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    public void A_spec_says_in_JSON_what_was_written(string text, string json) => Assert.Equal(json, SpecFile.Parse(text).ToJsonString());

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a: 1\n---\nb: 2", "2 documents")]
    [InlineData("a: 1\na: 2", "line 2")]
    [InlineData("a: [1", "line")]
    [InlineData("[1]: a", "plain word")]
    [InlineData("null", "null")]
    public async Task A_broken_file_is_refused_with_its_place(string text, string expected)
    {
        using var folder = new TemporaryDirectory();
        var file = folder["spec.yaml"];
        await File.WriteAllTextAsync(file, text);

        var error = await Assert.ThrowsAsync<InputException>(() => SpecFile.ReadAsync(file, TextReader.Null, CancellationToken.None));

        Assert.Contains(file, error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task A_dash_reads_standard_input() =>
        Assert.Equal("""{"service":"hello"}""", (await SpecFile.ReadAsync("-", new StringReader("service: hello"), CancellationToken.None)).ToJsonString());

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var error = await Assert.ThrowsAsync<InputException>(() => SpecFile.ReadAsync("/nowhere/spec.yaml", TextReader.Null, CancellationToken.None));
        Assert.Contains("/nowhere/spec.yaml", error.Message);
    }
}
