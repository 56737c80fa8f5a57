using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Controllers;

namespace Orchestrator.Simulator.Api;

/// <summary>GET on <c>pods/log</c>. Applications write nothing here; a proxy says what keeps it from its control plane.</summary>
internal sealed class PodLogs(ClusterStore store)
{
    public async Task GetAsync(HttpContext http, ResourceRequest request)
    {
        var pod = store.Get(ResourceTypes.Pod, request.Namespace, request.Name!);
        var names = (pod.At("spec", "containers") as JsonArray ?? []).Select(container => container.At("name").AsText()).ToArray();
        var asked = http.Request.Query["container"].ToString() is { Length: > 0 } named ? named : names.Length == 1 ? names[0]
            : throw KubeException.BadRequest($"a container name must be specified for pod {pod.Name}, choose one of: [{string.Join(' ', names)}]");
        if (!names.Contains(asked)) throw KubeException.BadRequest($"container {asked} is not valid for pod {pod.Name}");
        http.Response.ContentType = "text/plain";
        if (asked == SidecarInjector.Proxy && SidecarInjector.HasProxy(pod) && Proxies.Problem(store, pod) is { } problem)
            await http.Response.WriteAsync($"warn\tca\tca request failed, starting attempt 1: {problem}\n", http.RequestAborted);
    }
}
