using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Workloads;

/// <summary>Deployments over the API server.</summary>
public sealed class DeploymentWorkloads(IResources resources, TimeProvider time) : IWorkloads
{
    private const int HashLength = 12;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<Workload?> FindAsync(string ns, string service, string version, CancellationToken cancellationToken) =>
        await DeploymentAsync(ns, service, version, cancellationToken) is { } deployment ? Of(deployment) : null;

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, Workload>> ListAsync(string ns, string service, CancellationToken cancellationToken) =>
        ListAsync(resources, ns, service, cancellationToken);

    /// <inheritdoc cref="IWorkloads.ListAsync"/>
    public static async Task<IReadOnlyDictionary<string, Workload>> ListAsync(
        IResourceReader resources, string ns, string service, CancellationToken cancellationToken) =>
        (await resources.ListAsync(ResourceType.Deployment, ns, null, cancellationToken))
            .Where(deployment => CandidateDeployment.VersionOf(deployment) is { } version && CandidateDeployment.Is(deployment, service, version))
            .GroupBy(deployment => CandidateDeployment.VersionOf(deployment)!)
            .ToDictionary(version => version.Key, version => Of(version.MinBy(deployment => deployment.Name, StringComparer.Ordinal)!));

    /// <inheritdoc/>
    public async Task<Change> RepairAsync(
        string ns, string service, string stable, string version, string image, string createdBy, CancellationToken cancellationToken)
    {
        if (await DeploymentAsync(ns, service, stable, cancellationToken) is { } model
            && await DeploymentAsync(ns, service, version, cancellationToken) is { } existing
            && MergePatch.Between(
                Template(existing), Template(CandidateDeployment.From(model, service, version, image, createdBy))) is { } patch)
        {
            await resources.PatchAsync(ResourceType.Deployment, ns, existing.Name, patch, cancellationToken);
            return Change.Updated;
        }

        return await EnsureAsync(ns, service, stable, version, image, createdBy, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Change> EnsureAsync(
        string ns, string service, string stable, string version, string image, string createdBy, CancellationToken cancellationToken)
    {
        var model = await DeploymentAsync(ns, service, stable, cancellationToken) ?? throw new WorkloadException(
            $"No Deployment in {ns} has pods labelled app={service}, version={stable}, so there is nothing to make {version} from. "
            + "Deploy the candidate yourself and leave 'image' out.");
        if (await DeploymentAsync(ns, service, version, cancellationToken) is { } existing)
        {
            return CandidateDeployment.ImageOf(existing, service) != image
                ? throw new WorkloadException(
                    $"Deployment {ns}/{existing.Name} runs {CandidateDeployment.ImageOf(existing, service)}, not {image}. "
                    + "Delete it, give the image another version, or leave 'image' out to promote what stands.")
                : Replicas(existing) == 0 ? await ScaleAsync(ns, existing, Replicas(model), cancellationToken) : Change.Unchanged;
        }

        var manifest = CandidateDeployment.From(model, service, version, image, createdBy);
        try
        {
            await resources.CreateAsync(ResourceType.Deployment, manifest, cancellationToken);
            return Change.Created;
        }
        catch (ResourceException e) when (e.AlreadyExists)
        {
            // Either an earlier attempt of ours, whose answer was lost, or a Deployment of that name for something else.
            return await DeploymentAsync(ns, service, version, cancellationToken) is not null
                ? Change.Created
                : throw new WorkloadException(
                    $"A Deployment {ns}/{manifest.Name} exists, but its pods are not labelled app={service}, version={version}. Rename one of them.");
        }
    }

    /// <inheritdoc/>
    public async Task<WorkloadReadiness> WaitForReadyAsync(string ns, string service, string version, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var deployment = await DeploymentAsync(ns, service, version, cancellationToken);
        while (deployment is null && time.GetElapsedTime(started) + Pause < limit)
        {
            await Task.Delay(Pause, time, cancellationToken);
            deployment = await DeploymentAsync(ns, service, version, cancellationToken);
        }

        if (deployment is not null && !Done(deployment) && limit - time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            deployment = await resources.WaitForAsync(ResourceType.Deployment, ns, deployment.Name, Done, left, cancellationToken);
        }

        return CandidateReadiness.Of(deployment, service, version);

        bool Done(JsonObject? seen) => CandidateReadiness.Of(seen, service, version) is { Ready: true } or { Failure: not null };
    }

    /// <inheritdoc/>
    public async Task<int> CountReadyPodsAsync(string ns, string service, string version, CancellationToken cancellationToken)
    {
        var pods = await resources.ListAsync(ResourceType.Pod, ns, $"app={service},version={version}", cancellationToken);
        return pods.Count(pod => pod.IsReadyPod);
    }

    /// <inheritdoc/>
    public async Task<Change> ScaleAsync(string ns, string service, string version, int replicas, CancellationToken cancellationToken) =>
        await DeploymentAsync(ns, service, version, cancellationToken) is { } deployment
            ? await ScaleAsync(ns, deployment, replicas, cancellationToken)
            : Change.Unchanged;

    /// <inheritdoc/>
    public async Task<bool> DeleteOwnAsync(string ns, string service, string version, CancellationToken cancellationToken) =>
        await DeploymentAsync(ns, service, version, cancellationToken) is { } deployment
        && deployment.Annotation(Ownership.CreatedByAnnotation) is not null
        && await resources.DeleteAsync(
            ResourceType.Deployment, ns, deployment.Name, deployment.Uid, cancellationToken);

    private async Task<Change> ScaleAsync(string ns, JsonObject deployment, int replicas, CancellationToken cancellationToken)
    {
        if (Replicas(deployment) == replicas)
        {
            return Change.Unchanged;
        }

        var patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } };
        await resources.PatchAsync(ResourceType.Deployment, ns, deployment.Name, patch, cancellationToken);
        return Change.Updated;
    }

    private async Task<JsonObject?> DeploymentAsync(string ns, string service, string version, CancellationToken cancellationToken)
    {
        // The labels that count are the pods'; a Deployment's own may say anything.
        var deployments = await resources.ListAsync(ResourceType.Deployment, ns, null, cancellationToken);
        return deployments.Where(deployment => CandidateDeployment.Is(deployment, service, version)).ToList() switch
        {
            [] => null,
            [var only] => only,
            var several => throw new WorkloadException(
                $"Several Deployments in {ns} have pods labelled app={service}, version={version}: {string.Join(", ", several.Select(deployment => deployment.Name))}. Leave one."),
        };
    }

    private static Workload Of(JsonObject deployment) => new(deployment.Name, Replicas(deployment), deployment.Annotation(Ownership.CreatedByAnnotation))
    {
        Ready = deployment.At("status") is null ? null : (int)deployment.Number("status", "readyReplicas"),
        Template = Hash(deployment.At("spec", "template")?.DeepClone()),
    };

    /// <summary>What pods are made of, but for the mark of an onboarding that had them made anew, which is nobody else's change.</summary>
    private static string Hash(JsonNode? template)
    {
        if (template.At("metadata", "annotations") is JsonObject annotations && annotations.Remove(Ownership.RestartAnnotation) && annotations.Count == 0)
        {
            annotations.Parent!.AsObject().Remove("annotations");
        }

        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(template)))[..HashLength];
    }

    private static JsonObject Template(JsonObject deployment) =>
        new() { ["spec"] = new JsonObject { ["template"] = deployment.At("spec", "template")?.DeepClone() } };

    // Unset means one, by the API's default.
    private static int Replicas(JsonObject deployment) => deployment.At("spec", "replicas") is null ? 1 : (int)deployment.Number("spec", "replicas");
}
