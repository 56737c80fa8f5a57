using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Simulation;

namespace Orchestrator.Host.Demo;

/// <summary>The calls of the demo; each survives a host or a cluster that is away for a while.</summary>
internal sealed class DemoClient(OrchestratorApi api, SimulatedCluster cluster)
{
    private const string Networking = "apis/networking.istio.io/v1";

    public Task<MeshView> EnsureMeshAsync(TimeSpan deadline, CancellationToken cancellationToken) => PutAsync<MeshView>(
        "the control plane", OrchestratorApi.Path("meshes", "default"), [], deadline,
        view => view.Phase is MeshPhase.Ready or MeshPhase.Failed, view => $"{view.Phase}, {view.Reason ?? view.WaitingFor?.What}", cancellationToken);

    public Task<TenantView> OnboardAsync(DemoTenant tenant, TimeSpan deadline, CancellationToken cancellationToken) => PutAsync<TenantView>(
        $"tenant {tenant.Name}", OrchestratorApi.Path("tenants", tenant.Name), DemoSpecs.Tenant(tenant), deadline,
        view => view.Phase is TenantPhase.Ready or TenantPhase.RolledBack or TenantPhase.Failed,
        view => $"{view.Phase}, {view.Reason ?? view.WaitingFor?.What}", cancellationToken);

    public Task<CanaryView?> FindCanaryAsync(DemoTenant tenant, string service, CancellationToken cancellationToken) =>
        Patience.CallAsync($"reading the canary of {service}", token => ReadCanaryAsync(tenant, service, token), cancellationToken);

    /// <summary>Reads a canary once.</summary>
    public async Task<CanaryView?> ReadCanaryAsync(DemoTenant tenant, string service, CancellationToken cancellationToken) =>
        await api.FindAsync(CanaryPath(tenant, service), cancellationToken) is { } node ? Views.Read<CanaryView>(node) : null;

    /// <summary>Starts a canary and returns when its run is visible.</summary>
    public async Task StartCanaryAsync(DemoTenant tenant, JsonObject spec, CancellationToken cancellationToken)
    {
        var service = (string)spec["service"]!;
        var earlier = await FindCanaryAsync(tenant, service, cancellationToken);
        await Patience.CallAsync($"starting a canary of {service}", async token =>
        {
            // A call whose answer was lost may have started it: asked again it would be refused, or run twice.
            if (!await IsVisibleAsync(token))
            {
                await api.SendAsync(HttpMethod.Post, OrchestratorApi.Path("tenants", tenant.Name, "canaries"), spec, token);
            }

            return true;
        }, cancellationToken);
        await Patience.UntilAsync(
            $"the canary of {service} to begin", TimeSpan.FromSeconds(30), IsVisibleAsync, visible => visible, _ => "not begun", cancellationToken);

        async Task<bool> IsVisibleAsync(CancellationToken token) =>
            await ReadCanaryAsync(tenant, service, token) is { } now && !CanaryRuns.AreSame(earlier, now);
    }

    /// <summary>Aborts a run and waits for its end.</summary>
    public async Task AbortCanaryAsync(DemoTenant tenant, string service, CancellationToken cancellationToken)
    {
        await Patience.CallAsync($"aborting the canary of {service}", async token =>
        {
            try
            {
                return await api.SendAsync(HttpMethod.Post, $"{CanaryPath(tenant, service)}/abort",
                    new JsonObject { ["by"] = "demo", ["reason"] = "the demo begins anew" }, token);
            }
            catch (ApiException e) when (e.Status is HttpStatusCode.Conflict)
            {
                return null; // It has ended by itself.
            }
        }, cancellationToken);
        await WaitForCanaryAsync(tenant, service, "its end", TimeSpan.FromMinutes(1), CanaryRuns.HasEnded, cancellationToken);
    }

    /// <summary>Waits until a canary's view is as wanted.</summary>
    public async Task<CanaryView> WaitForCanaryAsync(
        DemoTenant tenant, string service, string what, TimeSpan deadline, Func<CanaryView, bool> isWanted, CancellationToken cancellationToken) =>
        (await Patience.UntilAsync(
            $"the canary of {tenant.Name}/{service}: {what}",
            deadline,
            token => ReadCanaryAsync(tenant, service, token),
            view => view is not null && isWanted(view),
            view => view is null ? "none" : $"{view.Phase}, {view.Reason ?? view.WaitingFor?.What}",
            cancellationToken))!;

    /// <summary>The records of a service's past runs, as the API tells them.</summary>
    public Task<JsonArray> HistoryAsync(DemoTenant tenant, string service, CancellationToken cancellationToken) => Patience.CallAsync(
        $"reading the history of {service}",
        async token => (await api.FindAsync($"{CanaryPath(tenant, service)}/history", token))?.AsArray() ?? [],
        cancellationToken);

    /// <summary>The version that a service's default route sends most requests to.</summary>
    public async Task<string> StableVersionAsync(DemoTenant tenant, string service, CancellationToken cancellationToken)
    {
        var routes = await GetAsync("virtualservices", tenant, service, cancellationToken);
        var destinations = routes["spec"]!["http"]!.AsArray().Single(route => (string?)route!["name"] == RouteManifests.DefaultRoute)!["route"]!.AsArray();
        return (string)destinations.MaxBy(destination => (int?)destination!["weight"] ?? 100)!["destination"]!["subset"]!;
    }

    /// <summary>Spec and labels of a service's VirtualService and DestinationRule: what a rollback must leave as it was.</summary>
    public async Task<JsonObject> RouteStateAsync(DemoTenant tenant, string service, CancellationToken cancellationToken)
    {
        JsonObject state = [];
        foreach (var plural in (string[])["virtualservices", "destinationrules"])
        {
            var resource = await GetAsync(plural, tenant, service, cancellationToken);
            state[plural] = new JsonObject { ["spec"] = resource["spec"]!.DeepClone(), ["labels"] = resource["metadata"]!["labels"]?.DeepClone() };
        }

        return state;
    }

    public Task DeployAsync(DemoTenant tenant, string service, string version, CancellationToken cancellationToken) => Patience.CallAsync(
        $"deploying {service} {version}",
        token => cluster.ApplyAsync(DemoWorkloads.Deployments, DemoWorkloads.Deployment(tenant, service, version), token),
        cancellationToken);

    /// <summary>Sets something of the simulator; what it keeps in memory is gone after its restart, so the demo sets it again and again.</summary>
    public Task SimulateAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken) =>
        cluster.SendAsync(method, $"/simulator/{path}", body, cancellationToken);

    /// <summary>Clears something of the simulator; one that is away has forgotten it anyhow.</summary>
    public async Task ClearAsync(string path)
    {
        try
        {
            await SimulateAsync(HttpMethod.Delete, path, null, CancellationToken.None);
        }
        catch (Exception e) when (Absence.Is(e) || e is ApiException)
        {
            // A fault or load that stays is overwritten by the next demo.
        }
    }

    private static string CanaryPath(DemoTenant tenant, string service) => OrchestratorApi.Path("tenants", tenant.Name, "canaries", service);

    private Task<JsonNode> GetAsync(string plural, DemoTenant tenant, string name, CancellationToken cancellationToken) => Patience.CallAsync(
        $"reading {plural} {name}",
        async token => (await cluster.SendAsync(HttpMethod.Get, $"/{Networking}/namespaces/{tenant.Name}/{plural}/{name}", null, token))!,
        cancellationToken);

    private async Task<T> PutAsync<T>(
        string what, string path, JsonObject spec, TimeSpan deadline, Func<T, bool> hasSettled, Func<T, string> describe, CancellationToken cancellationToken)
        where T : class
    {
        await Patience.CallAsync($"asking for {what}", token => api.SendAsync(HttpMethod.Put, path, spec, token), cancellationToken);
        return await Patience.UntilAsync(
            what, deadline, async token => Views.Read<T>((await api.GetAsync(path, token))!), hasSettled, describe, cancellationToken);
    }
}
