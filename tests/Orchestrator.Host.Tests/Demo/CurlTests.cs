using Microsoft.AspNetCore.Http;
using Orchestrator.Host.Demo;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Tests.Demo;

public sealed class CurlTests
{
    [Fact]
    public void The_missions_four_questions_are_asked_to_the_letter()
    {
        var mission = Curl.Mission("127.0.0.1", new DemoTenant("foo", "Foo", 32180, []), new DemoTenant("bar", "Bar", 32280, []));

        Assert.Equal(
            [
                ("curl http://127.0.0.1:32180/foo/hello", "Hello Foo 0.0.1"),
                ("curl -H 'version:v0-0-2' http://127.0.0.1:32180/foo/hello", "Hello Foo 0.0.2"),
                ("curl http://127.0.0.1:32280/bar/hello", "Hello Bar 0.0.1"),
                ("curl -H 'version:v0-0-2' http://127.0.0.1:32280/bar/hello", "Hello Bar 0.0.2"),
            ],
            mission.Select(curl => (curl.ToString(), curl.Expected)));
    }

    [Fact]
    public async Task An_answer_is_printed_beside_its_question()
    {
        await using var server = await FakeServer.StartAsync(request => Results.Text("Hello Foo 0.0.2\n"));
        var output = new StringWriter();
        using var http = new HttpClient();

        var held = await new Curl($"{server.Url}/foo/hello", "v0-0-2", "Hello Foo 0.0.2").RunAsync(http, new Terminal(output, output), CancellationToken.None);

        Assert.True(held);
        Assert.EndsWith("Hello Foo 0.0.2\n", output.ToString());
    }
}
