using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Tenants;

/// <summary>The tenants over HTTP.</summary>
public sealed class TenantApi(TenantCommands commands, IClusterDirectory clusters, Access access)
{
    [Function("PutTenant")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "tenants/{tenant}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant)
    {
        if (await access.RefuseAsync(request, Permission.UpdateTenant, tenant) is { } refusal)
        {
            return refusal;
        }

        var parsed = await JsonBody.ReadAsync(request, body => TenantRequest.Read(body, tenant), request.HttpContext.RequestAborted);
        if (await client.TenantAsync(tenant, request.HttpContext.RequestAborted) is not { IsThere: true }
            && await access.RefuseAsync(request, Permission.OnboardTenant, tenant) is { } notHere)
        {
            return notHere;
        }

        return parsed.IsValid
            ? Answers.Of(request, await commands.OnboardAsync(client, parsed.Value, command: null, request.HttpContext.RequestAborted))
            : Problems.Invalid(parsed.Problems);
    }

    [Function("DeleteTenant")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "tenants/{tenant}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant) =>
        await access.RefuseAsync(request, Permission.OffboardTenant, tenant)
        ?? Answers.Of(request, await TenantCommands.OffboardAsync(client, tenant, command: null, request.HttpContext.RequestAborted));

    [Function("GetTenant")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant) =>
        await access.RefuseAsync(request, Permission.ReadTenant, tenant)
        ?? (await client.TenantAsync(tenant, request.HttpContext.RequestAborted) is { } known
            ? Answers.Ok(known.View)
            : Problems.NotFound($"There is no tenant '{tenant}'."));

    [Function("GetTenantDrift")]
    public async Task<IResult> DriftAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/drift")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant)
    {
        if (await access.RefuseAsync(request, Permission.ReadTenant, tenant) is { } refusal)
        {
            return refusal;
        }

        if (await client.TenantAsync(tenant, request.HttpContext.RequestAborted) is not { InForce: { } spec })
        {
            return Problems.NotFound($"There is no tenant '{tenant}' that stands.");
        }

        try
        {
            var fields = await TenantDrift.FindAsync(clusters.Get(spec.Cluster).Resources, spec, request.HttpContext.RequestAborted);
            return Answers.Ok(new DriftView(tenant, spec.Cluster, fields.Count > 0, fields));
        }
        catch (Exception e) when (e is ResourceException or UnknownClusterException or UnreachableClusterException or HttpRequestException)
        {
            return Problems.Unavailable($"Cluster '{spec.Cluster}' cannot be asked: {e.Message}");
        }
    }

    [Function("RepairTenant")]
    public async Task<IResult> RepairAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/repair")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant) =>
        await access.RefuseAsync(request, Permission.RepairTenant, tenant)
        ?? Answers.Of(request, await TenantCommands.RepairAsync(client, tenant, command: null, request.HttpContext.RequestAborted));

    [Function("ListTenants")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants")] HttpRequest request,
        [DurableClient] DurableTaskClient client)
    {
        if (await access.RefuseAsync(request, Permission.ListTenants) is { } refusal)
        {
            return refusal;
        }

        List<TenantView> views = [];
        await foreach (var known in client.TenantsAsync(request.HttpContext.RequestAborted))
        {
            views.Add(known.View);
        }

        return Answers.Ok(views
            .Where(view => view.Phase is not TenantPhase.Offboarded && Permission.ReadTenant.IsHeldBy(Access.CallerOf(request), view.Tenant))
            .OrderBy(view => view.Tenant, StringComparer.Ordinal)
            .ToList());
    }
}
