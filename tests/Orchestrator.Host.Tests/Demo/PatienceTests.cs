using System.Net;
using Orchestrator.Host.Api;
using Orchestrator.Host.Demo;

namespace Orchestrator.Host.Tests.Demo;

public sealed class PatienceTests
{
    private static readonly ApiProblem Problem = new("no", null, []);

    public static TheoryData<Exception> Absences => [new HttpRequestException("refused"), new ApiException(HttpStatusCode.ServiceUnavailable, Problem)];

    [Theory]
    [MemberData(nameof(Absences), DisableDiscoveryEnumeration = true)]
    public async Task A_server_that_is_away_is_asked_again(Exception absence)
    {
        var calls = 0;
        var answer = await Patience.CallAsync("a call", _ => ++calls < 3 ? throw absence : Task.FromResult("back"), CancellationToken.None);
        Assert.Equal(("back", 3), (answer, calls));
    }

    [Fact]
    public async Task A_refusal_is_final()
    {
        var calls = 0;
        await Assert.ThrowsAsync<ApiException>(() => Patience.CallAsync<string>("a call", _ =>
        {
            calls++;
            throw new ApiException(HttpStatusCode.Conflict, Problem);
        }, CancellationToken.None));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_deadline_says_what_was_waited_for_and_what_was_seen()
    {
        var error = await Assert.ThrowsAsync<DemoException>(() => Patience.UntilAsync(
            "the mesh", TimeSpan.FromMilliseconds(300), _ => Task.FromResult("Installing"), phase => phase == "Ready", phase => phase, CancellationToken.None));

        Assert.Contains("the mesh", error.Message);
        Assert.Contains("Installing", error.Message);
    }
}
