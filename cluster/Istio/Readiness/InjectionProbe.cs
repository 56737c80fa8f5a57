using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>
/// Asks the API server what would become of a pod, without making it (dry run): the only proof that the injector is called, answers, and means this
/// namespace.
/// </summary>
public static class InjectionProbe
{
    private const string Proxy = "istio-proxy";

    /// <summary>
    /// Done when the pod would get its proxy. <c>Unproven</c> when that cannot be asked: <c>create</c> on <c>pods</c> is forbidden, a quota or a Pod
    /// Security level refuses the pod, or another webhook takes no dry run; none of these says anything of the injector.
    /// </summary>
    /// <param name="resources">The cluster.</param>
    /// <param name="ns">The namespace of the pod.</param>
    /// <param name="revision">The revision that the pod asks for by itself; null where its namespace does.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<StepReport> AskAsync(IResources resources, string ns, string? revision, CancellationToken cancellationToken)
    {
        try
        {
            var pod = await resources.DryRunAsync(ResourceType.Pod, Pod(ns, revision), cancellationToken);
            return HasProxy(pod)
                ? StepReport.Done("Ready", $"a pod in {ns} gets its proxy")
                : StepReport.Waiting($"istiod's injector to put a proxy into pods of namespace {ns} (a pod that was tried would get none)");
        }
        catch (ResourceException e) when (e.StatusCode >= HttpStatusCode.InternalServerError || IsWithoutAccount(e))
        {
            return StepReport.Waiting($"a pod in {ns} to get its proxy: {e.Message}");
        }
        catch (ResourceException e) when (e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            return StepReport.Done("Unproven", $"whether a pod in {ns} gets its proxy could not be asked: {e.Message}");
        }
    }

    /// <summary>A namespace that is new has no service account for a moment.</summary>
    private static bool IsWithoutAccount(ResourceException e) =>
        e.StatusCode is HttpStatusCode.Forbidden && e.Message.Contains("error looking up service account", StringComparison.Ordinal);

    /// <summary>Since Istio 1.27 the proxy is an init container that goes on running.</summary>
    private static bool HasProxy(JsonObject pod) =>
        pod.Items("spec", "containers").Concat(pod.Items("spec", "initContainers")).Any(container => container.Text("name") == Proxy);

    private static JsonObject Pod(string ns, string? revision)
    {
        JsonObject labels = new() { [Ownership.ManagedByLabel] = Resources.FieldManager, ["sidecar.istio.io/inject"] = "true" };
        if (revision is not null)
        {
            labels["istio.io/rev"] = revision;
        }

        return new()
        {
            ["metadata"] = new JsonObject { ["name"] = "orchestrator-injection-probe", ["namespace"] = ns, ["labels"] = labels },
            ["spec"] = new JsonObject
            {
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = "probe",
                    ["image"] = "registry.k8s.io/pause:3.10",
                    ["resources"] = new JsonObject
                    {
                        ["requests"] = new JsonObject { ["cpu"] = "1m", ["memory"] = "1Mi" },
                        ["limits"] = new JsonObject { ["cpu"] = "10m", ["memory"] = "10Mi" },
                    },
                }),
            },
        };
    }
}
