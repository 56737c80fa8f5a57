using Orchestrator.Host.Output;

namespace Orchestrator.Host.Demo;

/// <summary>A request through a tenant's ingress gateway, as a person would type it, and the answer it must get.</summary>
internal sealed record Curl(string Url, string? Version, string Expected)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>The four requests of the mission, for gateways on this address.</summary>
    public static IReadOnlyList<Curl> Mission(string address, params IEnumerable<DemoTenant> tenants) =>
    [
        .. from tenant in tenants
           let url = $"http://{address}:{tenant.NodePort}/{tenant.Name}/{DemoSpecs.Hello}"
           from curl in (Curl[])
           [
               new(url, null, $"Hello {tenant.Greeting} 0.0.1"),
               new(url, DemoSpecs.HelloCandidate, $"Hello {tenant.Greeting} 0.0.2"),
           ]
           select curl,
    ];

    /// <summary>Sends the request, prints it with its answer, and says whether the answer is the expected one to the letter.</summary>
    public async Task<bool> RunAsync(HttpClient http, Terminal terminal, CancellationToken cancellationToken)
    {
        var answer = "";
        try
        {
            answer = await Patience.UntilAsync(ToString(), Deadline, token => SendAsync(http, token), text => text == Expected, text => text, cancellationToken);
        }
        catch (DemoException e)
        {
            answer = e.Message;
        }

        terminal.WriteLine($"  {this,-70} {answer}");
        return answer == Expected;
    }

    public override string ToString() => Version is null ? $"curl {Url}" : $"curl -H 'version:{Version}' {Url}";

    private async Task<string> SendAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Url);
        if (Version is not null)
        {
            request.Headers.Add("version", Version);
        }

        using var response = await http.SendAsync(request, cancellationToken);
        return (await response.Content.ReadAsStringAsync(cancellationToken)).TrimEnd('\n');
    }
}
