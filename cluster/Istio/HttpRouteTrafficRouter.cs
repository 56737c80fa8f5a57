using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>Routes by an HTTPRoute that is named like the service, and a Service for each version, which stands in for a subset.</summary>
public sealed class HttpRouteTrafficRouter(IResources resources) : ITrafficRouter
{
    private readonly GuardedEdits edits = new(resources);

    /// <inheritdoc/>
    public async Task<TrafficBaseline> CaptureAsync(string ns, string service, string candidate, CancellationToken cancellationToken)
    {
        var route = await edits.ReadAsync(ResourceType.HttpRoute, ns, service, cancellationToken);

        // A preview that a terminated run left behind is not what a rollback should bring back.
        HttpRouteEditor.RemovePreviews(route, service);
        HttpRouteEditor.Serving(route, service);
        if (HttpRouteRules.Versions(route, service) is not [var stable])
        {
            throw new TrafficException(
                $"HTTPRoute {ns}/{service} divides its requests already, between {string.Join(" and ", HttpRouteRules.Versions(route, service))}. "
                + "Leave one backendRef, then start the canary.");
        }

        if (stable == candidate)
        {
            throw new TrafficException($"{candidate} has all the traffic of {ns}/{service} already: there is nothing to promote.");
        }

        var name = TenantNames.VersionService(service, candidate);
        if (Names.DnsLabel(name) is { } wrong)
        {
            throw new TrafficException($"Each version has a Service, and {wrong}");
        }

        // Fails here, before the first write, if the candidate cannot get its Service.
        CandidateService(await VersionAsync(ns, service, stable, cancellationToken), await FindAsync(ns, name, cancellationToken), service, candidate);
        var isThere = await FindAsync(ns, name, cancellationToken) is not null;
        return new(ns, service, stable, StatesWeight: true, null, null, GuardedEdits.Snapshot(route), isThere ? null : name);
    }

    /// <inheritdoc/>
    public async Task<TrafficApplied> AddSubsetAsync(TrafficSplit split, CancellationToken cancellationToken)
    {
        var name = TenantNames.VersionService(split.Service, split.Candidate);
        var found = await FindAsync(split.Namespace, name, cancellationToken);
        var like = await VersionAsync(split.Namespace, split.Service, split.Stable, cancellationToken);
        if (CandidateService(like, found, split.Service, split.Candidate) is not { } wanted)
        {
            return new(Change.Unchanged, found.ResourceVersion);
        }

        var applied = await resources.ApplyAsync(ResourceType.Service, wanted, cancellationToken);
        return new(applied.Change, applied.Object.ResourceVersion);
    }

    /// <inheritdoc/>
    public async Task<TrafficApplied> SetAsync(TrafficSplit split, CancellationToken cancellationToken)
    {
        var (stable, candidate) = await FindAsync(split, cancellationToken);
        RequireVersions(split, stable, candidate);
        return await edits.EnsureAsync(
            ResourceType.HttpRoute, split.Namespace, split.Service, current => HttpRouteEditor.With(current, split), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TrafficApplied?> SetSeenAsync(TrafficSplit split, string seen, CancellationToken cancellationToken)
    {
        var route = await resources.GetAsync(ResourceType.HttpRoute, split.Namespace, split.Service, cancellationToken);
        var (stable, candidate) = await FindAsync(split, cancellationToken);
        if (RuleMark.OfHttpRoute(route.ResourceVersion, stable, candidate) != seen)
        {
            return null;
        }

        RequireVersions(split, stable, candidate);
        return await edits.EditSeenAsync(
            ResourceType.HttpRoute,
            route ?? throw GuardedEdits.Missing(ResourceType.HttpRoute, split.Namespace, split.Service),
            current => HttpRouteEditor.With(current, split),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TrafficCheck> CheckAsync(SteeredTraffic left, CancellationToken cancellationToken)
    {
        // The candidate's Service first: no rule leads to one that is not there.
        var (split, answer) = (left.Split, SteeredRule.Answer(left.Policy, isSteered: true, isAdded: false));
        var (stable, candidate) = await FindAsync(split, cancellationToken);
        ForeignChange[] services =
        [
            .. Changes(stable, split, split.Stable, answer is ForeignChangeAnswer.Repaired ? ForeignChangeAnswer.Held : answer),
            .. left.HasSubset ? Changes(candidate, split, split.Candidate, answer) : [],
        ];
        if (stable is not null && services.Any(change => change.Answer == ForeignChangeAnswer.Repaired))
        {
            var wanted = CandidateService(stable, null, split.Service, split.Candidate)!;
            candidate = (await resources.ApplyAsync(ResourceType.Service, wanted, force: true, cancellationToken)).Object;
        }

        var routes = await edits.CheckAsync(Routes(left.Before, split), left.Policy, cancellationToken);
        return new(RuleMark.OfHttpRoute(routes.Mark, stable, candidate), [.. services, .. routes.Changes]);
    }

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreRoutesAsync(SteeredTraffic left, CancellationToken cancellationToken) =>
        edits.RestoreAsync(Routes(left.Before, left.Split.Back), Routes(left.Before, left.Split), left.Policy, cancellationToken);

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreSubsetsAsync(SteeredTraffic left, CancellationToken cancellationToken) => left.Before.CandidateService is { } name
        ? DropAsync(left.Before.Namespace, left.Before.Service, name, cancellationToken)
        : Task.FromResult(new TrafficApplied(Change.Unchanged, ""));

    /// <inheritdoc/>
    public Task<TrafficApplied> DropSubsetAsync(string ns, string service, string subset, CancellationToken cancellationToken) =>
        DropAsync(ns, service, TenantNames.VersionService(service, subset), cancellationToken);

    /// <summary>What others have changed of a version's Service: it is gone, or selects other pods.</summary>
    private static IEnumerable<ForeignChange> Changes(JsonObject? found, TrafficSplit split, string version, ForeignChangeAnswer answer)
    {
        var title = KubernetesObject.Title(ResourceType.Service.Kind, split.Namespace, TenantNames.VersionService(split.Service, version));
        return found is null ? [new(title, "", null, "", null, answer)]
            : found.Text("spec", "selector", "version") is var selected && selected != version
            ? [new(title, "spec.selector.version", SteeredRule.LastOther(found), Quoted(version), selected is null ? null : Quoted(selected), answer)]
            : [];

        static string Quoted(string text) => JsonValue.Create(text).ToJsonString();
    }

    private static SteeredRule Routes(TrafficBaseline before, TrafficSplit split) => new(
        ResourceType.HttpRoute, before.Namespace, before.Service, before.HttpRoute!, current => HttpRouteEditor.With(current, split));

    private async Task<TrafficApplied> DropAsync(string ns, string service, string name, CancellationToken cancellationToken)
    {
        var route = await edits.ReadAsync(ResourceType.HttpRoute, ns, service, cancellationToken);
        var isNeeded = route.Items("spec", "rules").SelectMany(rule => rule.Items("backendRefs")).Any(backend => backend.Text("name") == name);
        var found = await FindAsync(ns, name, cancellationToken);
        if (isNeeded || found is null || !OwnedObjects.IsOurs(found))
        {
            return new(Change.Unchanged, found.ResourceVersion);
        }

        await resources.DeleteAsync(ResourceType.Service, ns, name, found.Uid, cancellationToken);
        return new(Change.Updated, "");
    }

    /// <summary>The Service of a candidate, made like the stable version's; null when it is there already.</summary>
    private static JsonObject? CandidateService(JsonObject like, JsonObject? found, string service, string candidate)
    {
        const string label = "version";
        if (like.Text("spec", "selector", label) is null)
        {
            throw new TrafficException($"{like.Title} selects pods by no label '{label}'. Add it to the selector and to the pods.");
        }

        if (found is not null)
        {
            return found.Text("spec", "selector", label) == candidate
                ? null
                : throw new TrafficException($"{found.Title} selects other pods than {label}={candidate}: rename or remove it.");
        }

        var selector = like["spec"]!["selector"]!.DeepClone().AsObject();
        selector[label] = candidate;
        var ports = like.Items("spec", "ports").Select(port => new JsonObject(port!.AsObject()
            .Where(field => field.Key is "name" or "port" or "targetPort" or "protocol" or "appProtocol")
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))));
        return new()
        {
            ["apiVersion"] = ResourceType.Service.ApiVersion,
            ["kind"] = ResourceType.Service.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = TenantNames.VersionService(service, candidate),
                ["namespace"] = like.Namespace,
                ["labels"] = new JsonObject
                {
                    [Ownership.ManagedByLabel] = Kubernetes.Resources.FieldManager,
                    [Ownership.TenantLabel] = like.Namespace,
                },

                // It goes with the tenant, as what a run of its onboarding made.
                ["annotations"] = new JsonObject
                {
                    [Ownership.CreatedByAnnotation] = like.Annotation(Ownership.CreatedByAnnotation) ?? $"{TenantNames.Instance(like.Namespace!)}/canary",
                },
            },
            ["spec"] = new JsonObject { ["selector"] = selector, ["ports"] = new JsonArray([.. ports]) },
        };
    }

    private static void RequireVersions(TrafficSplit split, JsonObject? stable, JsonObject? candidate)
    {
        Require(stable, split.Namespace, TenantNames.VersionService(split.Service, split.Stable));
        Require(candidate, split.Namespace, TenantNames.VersionService(split.Service, split.Candidate));
    }

    private static JsonObject Require(JsonObject? found, string ns, string name) => found ?? throw new TrafficException(
        $"There is no Service {ns}/{name}: requests sent there would be answered 500. Somebody removed it: orc tenants repair {ns} makes it anew.");

    private async Task<JsonObject> VersionAsync(string ns, string service, string version, CancellationToken cancellationToken)
    {
        var name = TenantNames.VersionService(service, version);
        return Require(await FindAsync(ns, name, cancellationToken), ns, name);
    }

    private async Task<(JsonObject? Stable, JsonObject? Candidate)> FindAsync(TrafficSplit split, CancellationToken cancellationToken) => (
        await FindAsync(split.Namespace, TenantNames.VersionService(split.Service, split.Stable), cancellationToken),
        await FindAsync(split.Namespace, TenantNames.VersionService(split.Service, split.Candidate), cancellationToken));

    private Task<JsonObject?> FindAsync(string ns, string name, CancellationToken cancellationToken) =>
        resources.GetAsync(ResourceType.Service, ns, name, cancellationToken);
}
