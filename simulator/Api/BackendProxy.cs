using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Controllers;
using Orchestrator.Simulator.DataPlane;

namespace Orchestrator.Simulator.Api;

/// <summary>
/// <c>pods/proxy</c> and <c>services/proxy</c>: the API server asks a port of a pod and passes the answer on. Of the simulated pods, the
/// ingress gateways listen, and applications where a Service leads to them.
/// </summary>
internal sealed class BackendProxy(ClusterStore store, World world)
{
    public Task AskPodAsync(HttpContext http, ResourceRequest request)
    {
        var (name, text) = Target(request.Name!);
        var port = text is null ? 80 : Number(text);
        var pod = store.Get(ResourceTypes.Pod, request.Namespace, name);
        return AskAsync(http, request, pod, port);
    }

    /// <summary>Any ready pod behind the Service; without a port, the Service's only one.</summary>
    public async Task AskServiceAsync(HttpContext http, ResourceRequest request)
    {
        var (name, text) = Target(request.Name!);
        var service = store.Get(ResourceTypes.Service, request.Namespace, name);
        JsonObject[] ports = [.. (service.At("spec", "ports") as JsonArray ?? []).OfType<JsonObject>()];
        var port = text is null ? ports.Length == 1 ? ports[0] : null
            : ports.FirstOrDefault(candidate => candidate["name"].AsText() == text || candidate["port"]?.ToString() == text);
        var pods = store.Snapshot(ResourceTypes.EndpointSlice, request.Namespace).Objects
            .Where(slice => slice.Labels?[EndpointSliceController.ServiceName].AsText() == name)
            .SelectMany(slice => slice["endpoints"] as JsonArray ?? []).Select(endpoint => endpoint.At("targetRef", "name").AsText()).ToArray();
        if (port is null || pods.Length == 0)
            throw new KubeException(503, "ServiceUnavailable", port is null
                ? $"no service port \"{text}\" found for service \"{name}\"" : $"no endpoints available for service \"{name}\"");
        var pod = store.Get(ResourceTypes.Pod, request.Namespace, pods[Random.Shared.Next(pods.Length)]!);
        await AskAsync(http, request, pod, (int)(port["targetPort"].AsNumber() ?? port["port"].AsNumber() ?? 0));
    }

    private async Task AskAsync(HttpContext http, ResourceRequest request, JsonObject pod, int port)
    {
        var address = $"{pod.At("status", "podIP").AsText()}:{port}";
        var asked = Read(http.Request, request.ProxyPath);
        if (world.Ingress.Gateway(request.Namespace!, pod.Name, port) is var (listener, replica)
            && await world.Ingress.HandleAsync(listener, replica, asked, http.RequestAborted) is var (answer, _))
        {
            await answer.WriteAsync(http);
            return;
        }

        if (world.Ingress.Application(request.Namespace!, pod.Name, port) is { } application)
        {
            await (await world.Ingress.AskAsync(application, asked, http.RequestAborted)).WriteAsync(http);
            return;
        }

        // In these words, and as plain text, a real API server passes on that it could not connect.
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain";
        await http.Response.WriteAsync($"error trying to reach service: dial tcp {address}: connect: connection refused", http.RequestAborted);
    }

    /// <summary>The caller's credentials are for the API server alone.</summary>
    private static IngressRequest Read(HttpRequest request, string path)
    {
        var read = IngressRequest.Read(request, request.Host.Value ?? "", path);
        var headers = read.Headers.Where(header => header.Key is not "Authorization");
        return read with { Headers = headers.ToDictionary(StringComparer.OrdinalIgnoreCase) };
    }

    /// <summary><c>[http:]name[:port]</c>.</summary>
    private static (string Name, string? Port) Target(string target) => target.Split(':') switch
    {
        [var name] => (name, null),
        [var name, var port] => (name, port),
        ["http" or "", var name, var port] => (name, port.Length > 0 ? port : null),
        _ => throw KubeException.BadRequest($"invalid proxy request \"{target}\""),
    };

    private static int Number(string port) => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw KubeException.BadRequest($"invalid port \"{port}\"");
}
