using System.Runtime.CompilerServices;
using DurableTask.Core.Exceptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Cluster;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Http;

namespace Orchestrator.Functions.Tenants;

/// <summary>The tenants over HTTP.</summary>
public sealed class TenantApi(IClusterDirectory clusters)
{
    /// <summary>How often a command is decided anew when another one came in between.</summary>
    private const int Attempts = 3;

    [Function("PutTenant")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "tenants/{tenant}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant)
    {
        var parsed = await JsonBody.ReadAsync(request, body => TenantRequest.Read(body, tenant), request.HttpContext.RequestAborted);
        if (!parsed.IsValid)
        {
            return Problems.Invalid(parsed.Problems);
        }

        var spec = parsed.Value;
        if (!clusters.Names.Contains(spec.Cluster))
        {
            return Problems.Invalid(
                [new Problem("/cluster", "unknown", $"No cluster '{spec.Cluster}' is configured; known are: {string.Join(", ", clusters.Names)}.")]);
        }

        return await DecideAsync(request, client, tenant, known => TenantDecision.Onboard(spec, known), request.HttpContext.RequestAborted);
    }

    [Function("DeleteTenant")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "tenants/{tenant}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant) =>
        DecideAsync(request, client, tenant, known => TenantDecision.Offboard(tenant, known), request.HttpContext.RequestAborted);

    [Function("GetTenant")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant) =>
        await FindAsync(client, tenant, request.HttpContext.RequestAborted) is { } known
            ? Answers.Ok(known.View)
            : Problems.NotFound($"There is no tenant '{tenant}'.");

    [Function("ListTenants")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants")] HttpRequest request,
        [DurableClient] DurableTaskClient client)
    {
        List<TenantView> views = [];
        await foreach (var known in AllAsync(client).WithCancellation(request.HttpContext.RequestAborted))
        {
            views.Add(known.View);
        }

        return Answers.Ok(views
            .Where(view => view.Phase is not TenantPhase.Offboarded)
            .OrderBy(view => view.Tenant, StringComparer.Ordinal)
            .ToList());
    }

    private static async Task<IResult> DecideAsync(
        HttpRequest request,
        DurableTaskClient client,
        string tenant,
        Func<TenantRecord?, TenantDecision> decide,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            switch (decide(await FindAsync(client, tenant, cancellationToken)))
            {
                case TenantDecision.Begin { Start: var start }:
                    if (await CanaryInTheWayAsync(client, start, cancellationToken) is { } canary)
                    {
                        return Problems.Conflict(
                            $"The canary of {canary.Candidate} for service '{canary.Service}' is {canary.Phase}, and its routes would be taken from it: "
                            + $"abort it (orc canaries abort {tenant} {canary.Service}) or wait until it has ended, then try again.");
                    }

                    if (start.Intent is TenantIntent.Onboard && await PortInTheWayAsync(client, start.Spec, cancellationToken) is { } taken)
                    {
                        return Problems.Conflict(taken);
                    }

                    try
                    {
                        await BeginAsync(client, start, cancellationToken);
                        return Accepted(request, TenantRecord.Beginning(start));
                    }
                    catch (OrchestrationAlreadyExistsException) when (attempt < Attempts)
                    {
                        continue;
                    }

                case TenantDecision.UnderWay { Record: var known }:
                    return Accepted(request, known);
                case TenantDecision.Nothing { Record: var known }:
                    return Answers.Ok(known.View);
                case TenantDecision.Conflict { Reason: var reason }:
                    return Problems.Conflict(reason);
                case TenantDecision.Unknown { Reason: var reason }:
                    return Problems.NotFound(reason);
            }
        }
    }

    private static async Task<CanaryView?> CanaryInTheWayAsync(DurableTaskClient client, TenantStart start, CancellationToken cancellationToken)
    {
        var touched = TenantPlan.Touched(start);
        var canaries = touched.Count == 0 ? [] : await client.CanariesAsync(start.Spec.Tenant, cancellationToken);
        return canaries.FirstOrDefault(canary => touched.Contains(canary.Service) && !CanaryControl.IsOver(canary.Phase));
    }

    /// <summary>
    /// Which nodePort another tenant has, in words; null when none. What other Services of the cluster have, and a tenant that is put at the same
    /// moment, is found by the run.
    /// </summary>
    private static async Task<string?> PortInTheWayAsync(DurableTaskClient client, TenantSpec spec, CancellationToken cancellationToken)
    {
        var wanted = spec.Gateway.Service.Ports.Select(port => port.NodePort).OfType<int>().ToHashSet();
        await foreach (var other in AllAsync(client).WithCancellation(cancellationToken))
        {
            var isOther = other.Start.Spec.Cluster == spec.Cluster && other.Start.Spec.Tenant != spec.Tenant;
            if (isOther && other.NodePorts.FirstOrDefault(wanted.Contains) is > 0 and var port)
            {
                return $"nodePort {port} is taken by tenant '{other.Start.Spec.Tenant}'. "
                    + "Choose another under gateway.service.ports, or leave nodePort out to be given one.";
            }
        }

        return null;
    }

    private static async IAsyncEnumerable<TenantRecord> AllAsync(
        DurableTaskClient client, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var query = new OrchestrationQuery { InstanceIdPrefix = TenantNames.Instance(""), FetchInputsAndOutputs = true };
        await foreach (var instance in client.GetAllInstancesAsync(query).WithCancellation(cancellationToken))
        {
            if (TenantRecord.From(instance) is { } known)
            {
                yield return known;
            }
        }
    }

    private static Task<string> BeginAsync(DurableTaskClient client, TenantStart start, CancellationToken cancellationToken) =>
        client.ScheduleNewOrchestrationInstanceAsync(
            start.Intent is TenantIntent.Offboard ? nameof(TenantOffboardingOrchestrator) : nameof(TenantOrchestrator),
            start,
            new StartOrchestrationOptions { InstanceId = TenantNames.Instance(start.Spec.Tenant) },
            cancellationToken);

    private static async Task<TenantRecord?> FindAsync(DurableTaskClient client, string tenant, CancellationToken cancellationToken) =>
        TenantRequest.CheckName(tenant) is null
        && await client.GetInstanceAsync(TenantNames.Instance(tenant), getInputsAndOutputs: true, cancellationToken) is { } instance
            ? TenantRecord.From(instance)
            : null;

    private static IResult Accepted(HttpRequest request, TenantRecord record) =>
        Answers.Accepted(request, $"/api/tenants/{record.Start.Spec.Tenant}", record.View);
}
