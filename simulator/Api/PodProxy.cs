using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.DataPlane;

namespace Orchestrator.Simulator.Api;

/// <summary>
/// GET on <c>pods/proxy</c>: the API server asks a port of a pod and passes the answer on. Of the simulated pods, the ingress gateways listen.
/// </summary>
internal sealed class PodProxy(ClusterStore store, World world)
{
    public async Task GetAsync(HttpContext http, ResourceRequest request)
    {
        var (name, port) = Target(request.Name!);
        var pod = store.Get(ResourceTypes.Pod, request.Namespace, name);
        var address = $"{pod.At("status", "podIP").AsText()}:{port}";
        var asked = Read(http.Request, address, request.ProxyPath);
        if (world.Ingress.Gateway(request.Namespace!, name, port) is var (listener, replica)
            && await world.Ingress.HandleAsync(listener, replica, asked, http.RequestAborted) is var (answer, _))
        {
            await answer.WriteAsync(http);
            return;
        }

        // In these words, and as plain text, a real API server passes on that it could not connect.
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain";
        await http.Response.WriteAsync($"error trying to reach service: dial tcp {address}: connect: connection refused", http.RequestAborted);
    }

    /// <summary>The caller's credentials are for the API server alone.</summary>
    private static IngressRequest Read(HttpRequest request, string address, string path)
    {
        var read = IngressRequest.Read(request, address, path);
        var headers = read.Headers.Where(header => header.Key is not "Authorization");
        return read with { Headers = headers.ToDictionary(StringComparer.OrdinalIgnoreCase) };
    }

    /// <summary><c>[http:]name[:port]</c>; simulated containers declare no port that could stand in for one that is not given.</summary>
    private static (string Pod, int Port) Target(string target) => target.Split(':') switch
    {
        [var name] => (name, 80),
        [var name, var port] => (name, Number(port)),
        ["http" or "", var name, var port] => (name, Number(port)),
        _ => throw KubeException.BadRequest($"invalid pod request \"{target}\""),
    };

    private static int Number(string port) => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw KubeException.BadRequest($"invalid port \"{port}\"");
}
