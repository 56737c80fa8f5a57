using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using k8s.Exceptions;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Cluster.Istio.Inspection;

/// <summary>Looks a cluster over, without writing, for what hinders the orchestrator on it.</summary>
public static class MeshInspection
{
    private const int AtOnce = 8;

    private static readonly ResourceType AccessReview =
        new("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", Namespaced: false);

    /// <summary>What a person should know, the worst first. A cluster that does not answer is a finding, too.</summary>
    /// <param name="clusters">The clusters.</param>
    /// <param name="cluster">The name of the one that is looked over.</param>
    /// <param name="spec">The control plane that was asked for; null for none: then one that is there is taken.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<IReadOnlyList<Finding>> FindingsAsync(
        IClusterDirectory clusters, string cluster, MeshSpec? spec, CancellationToken cancellationToken)
    {
        try
        {
            var resources = clusters.Get(cluster).Resources;
            var snapshot = await ReadAsync(resources, cluster, spec, cancellationToken);
            IReadOnlyList<Finding> seen = snapshot.Istiod is null || snapshot.Unread.Count > 0
                ? []
                : await new ControlPlane(resources, snapshot.Spec).FindingsAsync(cancellationToken);
            return [.. MeshJudgement.Of(snapshot).Concat(seen).OrderByDescending(finding => finding.Severity)];
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or ResourceException
            or UnreachableClusterException or KubeConfigException or InvalidOperationException
            or global::Azure.RequestFailedException or global::Azure.Identity.AuthenticationFailedException)
        {
            return
            [
                new(
                    Severity.Error,
                    "unreachable",
                    e.InnerException is { } reason ? $"{e.Message} {reason.Message}" : e.Message,
                    $"Check Orchestrator__Clusters__{cluster}__Kind and what belongs to it, the network, and the credentials."),
            ];
        }
    }

    /// <summary>Reads what is judged.</summary>
    public static async Task<MeshSnapshot> ReadAsync(IResources resources, string cluster, MeshSpec? spec, CancellationToken cancellationToken)
    {
        ConcurrentQueue<string> unread = new();
        var version = await resources.VersionAsync(cancellationToken);
        var controlPlanes = await TryAsync(() => Discovery.ControlPlanesAsync(resources, null, cancellationToken)) ?? [];
        var wanted = spec ?? Found(cluster, controlPlanes);
        var plane = new ControlPlane(resources, wanted);

        Dictionary<string, JsonObject?> definitions = [];
        foreach (var name in (string[])[.. ControlPlane.CustomResources, Operators.IstioOperatorResource, Operators.SailResource])
        {
            definitions[name] = await TryAsync(() => resources.GetAsync(ResourceType.CustomResourceDefinition, null, name, cancellationToken));
        }

        Dictionary<string, JsonObject?> webhooks = new()
        {
            [plane.Injector] = await TryAsync(
                () => resources.GetAsync(ResourceType.MutatingWebhookConfiguration, null, plane.Injector, cancellationToken)),
        };
        foreach (var name in plane.Validators)
        {
            webhooks[name] = await TryAsync(() => resources.GetAsync(ResourceType.ValidatingWebhookConfiguration, null, name, cancellationToken));
        }

        var (missing, notAsked) = await RightsAsync(resources, cancellationToken);
        return new(wanted)
        {
            Version = version,
            HasSail = await TryAsync(async () => await new Operators(resources).SailRunsAsync(cancellationToken) ? "" : null) is not null,
            ServesAmbient = await TryAsync(async () => await AmbientMesh.LackingAsync(resources, wanted.Revision, cancellationToken) is null ? "" : null) is not null,
            ControlPlanes = controlPlanes,
            Istiod = await TryAsync(() => plane.DeploymentAsync(cancellationToken)),
            CustomResources = definitions,
            Webhooks = webhooks,
            Served = await ServedAsync(),
            Missing = missing,
            Unchecked = notAsked,
            Unread = [.. unread],
        };

        async Task<HashSet<string>> ServedAsync()
        {
            HashSet<string> served = [];
            foreach (var (ns, name) in webhooks.Values.SelectMany(MeshJudgement.Services).Distinct())
            {
                var selector = $"kubernetes.io/service-name={name}";
                var slices = await TryAsync(() => resources.ListAsync(ResourceType.EndpointSlice, ns, selector, cancellationToken));
                if (slices?.SelectMany(slice => slice.Items("endpoints")).Any(endpoint => endpoint.Flag("conditions", "ready") != false) ?? true)
                {
                    served.Add($"{ns}/{name}"); // What cannot be read is told apart, and not as missing.
                }
            }

            return served;
        }

        async Task<T?> TryAsync<T>(Func<Task<T>> read)
            where T : class?
        {
            try
            {
                return await read();
            }
            catch (ResourceException e) when (e.StatusCode is HttpStatusCode.Forbidden)
            {
                unread.Enqueue(e.Message);
                return null;
            }
        }
    }

    /// <summary>The control plane that stands, where none was asked for; the one to be installed, where none stands.</summary>
    private static MeshSpec Found(string cluster, IReadOnlyList<JsonObject> controlPlanes) => controlPlanes.FirstOrDefault() is { } istiod
        ? new()
        {
            Cluster = cluster,
            Provider = MeshProvider.Existing,
            Namespace = istiod.Namespace ?? MeshSpec.DefaultNamespace,
            Revision = istiod.Label("istio.io/rev") ?? "default",
            MinReplicas = 1,
        }
        : new() { Cluster = cluster };

    private static async Task<(IReadOnlyList<ClusterRight> Missing, string? Unchecked)> RightsAsync(
        IResources resources, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<(ClusterRight Right, string Verb), bool> allowed = new();
        try
        {
            await Parallel.ForEachAsync(
                ClusterRights.All.SelectMany(right => right.Verbs.Select(verb => (right, verb))),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (asked, token) => allowed[asked] = await IsAllowedAsync(resources, asked.right, asked.verb, token));
        }
        catch (ResourceException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed)
        {
            return ([], e.Message);
        }

        var missing = ClusterRights.All.Select(right => right with { Verbs = [.. right.Verbs.Where(verb => !allowed[(right, verb)])] });
        return ([.. missing.Where(right => right.Verbs.Count > 0)], null);
    }

    private static async Task<bool> IsAllowedAsync(IResources resources, ClusterRight right, string verb, CancellationToken cancellationToken)
    {
        var parts = right.Resource.Split('/');
        var attributes = new JsonObject { ["verb"] = verb, ["group"] = right.Group, ["resource"] = parts[0] };
        if (parts.Length > 1)
        {
            attributes["subresource"] = parts[1];
        }

        if (right.Name is not null)
        {
            attributes["name"] = right.Name;
        }

        var review = await resources.CreateAsync(
            AccessReview, new() { ["spec"] = new JsonObject { ["resourceAttributes"] = attributes } }, cancellationToken);
        return review.Flag("status", "allowed") == true;
    }
}
