using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Simulator;
using Orchestrator.TestKit;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Functions.Tests.Tenants.Faults;

/// <summary>
/// An app and a cluster on which every row of the table is played once, each on a tenant of its own. Most of a run is waiting, so rows go beside
/// each other.
/// </summary>
public abstract class FaultedTenants(IEnumerable<FaultCase> rows) : RunningApp
{
    private const int AtOnce = 12;

    private static readonly ResourceType[] Kinds =
    [
        ResourceType.Service, ResourceType.ServiceAccount, ResourceType.Deployment, ResourceType.HorizontalPodAutoscaler, ResourceType.PodDisruptionBudget,
        ResourceType.Gateway, ResourceType.VirtualService, ResourceType.DestinationRule, ResourceType.Sidecar, ResourceType.PeerAuthentication,
        ResourceType.AuthorizationPolicy, ResourceType.NetworkPolicy, ResourceType.ResourceQuota, ResourceType.LimitRange, ResourceType.Role,
        ResourceType.RoleBinding, ResourceType.KubernetesGateway, ResourceType.HttpRoute,
    ];

    private readonly ConcurrentDictionary<string, string?> failures = new();

    /// <summary>What went otherwise than a row, by its text, says; null when nothing did.</summary>
    public string? FailureOf(string row) => failures[row];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (await PutAsync("/api/meshes/default", new JsonObject())).EnsureSuccessStatusCode();
        await PhaseAsync("/api/meshes/default", "Ready");
        await Parallel.ForEachAsync(
            rows.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (row, _) => failures[row.Item.ToString()] = await FailureAsync(row.Item, $"f{row.Index}"));
    }

    private async Task<string?> FailureAsync(FaultCase row, string tenant)
    {
        try
        {
            await PlayAsync(row, tenant);
            return null;
        }
        catch (Exception e)
        {
            return e.Message;
        }
    }

    private async Task PlayAsync(FaultCase row, string tenant)
    {
        var path = $"/api/tenants/{tenant}";
        if (row.Flow is not Flow.Onboarding)
        {
            await DoAsync(() => PutAsync(path, Before(row)), path, "Ready");
        }

        var before = await StateAsync(tenant);
        var view = await MeetAsync(row, tenant, path);
        await CheckAsync(row, view, tenant, path, before);
    }

    /// <summary>Does what the row says while its fault is there; the view of the end.</summary>
    private async Task<JsonObject> MeetAsync(FaultCase row, string tenant, string path)
    {
        var (waits, release) = row.Verb == "watch" ? await HoldAsync(row, tenant) : ("", null);

        Cluster.Server.Faults.Api[On(row, tenant)] = row.Trouble.Fault with { Skip = row.Skip };
        var asked = row.Flow is Flow.Offboarding ? await Http.DeleteAsync(path) : await PutAsync(path, After(row));
        Expect(asked.StatusCode is HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync());
        if (release is not null)
        {
            await WaitingAsync(path, waits);
            await release();
        }

        if (row.Trouble.Lasts)
        {
            await PhaseAsync(path, "RollingBack", "RolledBack", "Failed");
            Expect(IsMet(row, tenant), "The fault met nothing.");
            Cluster.Server.Faults.Api.TryRemove(On(row, tenant), out _);
        }

        var view = await PhaseAsync(path, "Ready", "RolledBack", "Failed", "Offboarded");
        Expect(row.Trouble.Lasts || IsMet(row, tenant), "The fault met nothing.");
        return view;
    }

    /// <summary>Holds up what the step waits for, so that it has something to watch; what the run says then, and what lets it go on.</summary>
    private async Task<(string Waits, Func<Task>? Release)> HoldAsync(FaultCase row, string tenant)
    {
        if (row.Flow is Flow.Offboarding)
        {
            await Cluster.Resources.CreateAsync(
                ResourceType.ConfigMap, Yaml.Read($"{{metadata: {{name: held, namespace: {tenant}, finalizers: [example.com/hold]}}}}"), default);
            return ($"Namespace {tenant}", () => Cluster.Resources.PatchAsync(ResourceType.ConfigMap, tenant, "held", Yaml.Read("{metadata: {finalizers: null}}"), default));
        }

        var deployment = (tenant, row.Mode switch
        {
            "injection" => "gw",
            "istioOperator" => "istio-ingress-gateway",
            _ => $"{tenant}-gateway-istio",
        });
        Cluster.Server.Faults.Deployments[deployment] = new();
        return (deployment.Item2, () =>
        {
            Cluster.Server.Faults.Deployments.TryRemove(deployment, out _);
            return Task.CompletedTask;
        }
        );
    }

    private async Task CheckAsync(FaultCase row, JsonObject view, string tenant, string path, string before)
    {
        var failed = view["steps"]!.AsArray().FirstOrDefault(step => step.Text("status") == "Failed").Text("name");
        switch (row.Outcome)
        {
            case Outcome.Completed:
                Expect(view.Text("phase") is "Ready" or "Offboarded", view.ToJsonString());
                break;
            case Outcome.Compensated:
                Expect(view.Text("phase") == "RolledBack" && failed == row.Step && view.Text("reason") is not null, view.ToJsonString());
                await Eventually.Async(async () => await StateAsync(tenant) == before, TimeSpan.FromSeconds(10), "the cluster as it was");
                return;
            case Outcome.Repeatable:
                Expect(view.Text("phase") == "Failed" && failed == row.Step && view.Text("reason") is not null, view.ToJsonString());
                await DoAsync(() => Http.DeleteAsync(path), path, "Offboarded");
                break;
        }

        if (row.Flow is Flow.Offboarding)
        {
            Expect(await StateAsync(tenant) == "", await StateAsync(tenant));
        }
        else
        {
            var drift = await GetAsync($"{path}/drift");
            Expect(!drift["drifted"]!.GetValue<bool>(), drift.ToJsonString());
        }
    }

    private async Task DoAsync(Func<Task<HttpResponseMessage>> ask, string path, string phase)
    {
        var asked = await ask();
        Expect(asked.IsSuccessStatusCode, await asked.Content.ReadAsStringAsync());
        var view = await PhaseAsync(path, "Ready", "RolledBack", "Failed", "Offboarded");
        Expect(view.Text("phase") == phase, view.ToJsonString());
    }

    private bool IsMet(FaultCase row, string tenant) =>
        !Cluster.Server.Faults.Api.TryGetValue(On(row, tenant), out var fault) || fault.Count < row.Trouble.Fault.Count;

    /// <summary>The row's requests, those about this tenant alone.</summary>
    private static FaultTarget On(FaultCase row, string tenant) => row.Plural switch
    {
        "namespaces" => new(row.Verb, row.Plural, Name: tenant),
        "istiooperators" => new(row.Verb, row.Plural, Name: $"{tenant}-ingress-gateway"),
        _ => new(row.Verb, row.Plural, tenant),
    };

    private static string Timeout(FaultCase row) => row.Trouble.Lasts ? "30s" : "60s";

    private static JsonObject Before(FaultCase row) => Yaml.Read($$"""
        gateway:
          mode: {{row.Mode}}
          service: {type: ClusterIP, ports: [{name: http2, port: 80}]}
        policies: {limits: {default: {cpu: 500m} } }
        readiness: {timeout: {{Timeout(row)}} }
        services:
        - {name: hello, prefix: /hello/, stable: v0-0-1}
        - {name: old, prefix: /old/, stable: v0-0-1}
        """);

    private static JsonObject After(FaultCase row)
    {
        var spec = row.Flow is not Flow.Update ? Before(row) : Yaml.Read($$"""
            gateway:
              mode: {{row.Mode}}
              minReplicas: {{(row.Verb == "watch" ? 3 : 2)}}
              maxReplicas: 6
              service: {type: ClusterIP, ports: [{name: http2, port: 80}, {name: http-more, port: 8088}]}
            policies: {quota: {pods: 60} }
            services:
            - {name: hello, prefix: /hello/, stable: v0-0-1}
            - {name: new, prefix: /new/, stable: v0-0-1}
            preventDeletion: true
            readiness: {timeout: {{Timeout(row)}} }
            """);
        return spec;
    }

    /// <summary>Everything that the orchestrator writes for the tenant, as it stands; empty when nothing does.</summary>
    private async Task<string> StateAsync(string tenant)
    {
        List<string?> texts =
        [
            await Cluster.TextAsync(ResourceType.Namespace, null, tenant),
            await Cluster.TextAsync(ResourceType.IstioOperator, "istio-system", $"{tenant}-ingress-gateway"),
        ];
        foreach (var kind in Kinds)
        {
            foreach (var found in await Cluster.Resources.ListAsync(kind, tenant, null, default))
            {
                texts.Add(await Cluster.TextAsync(kind, tenant, found["metadata"].Text("name")!));
            }
        }

        return string.Join('\n', texts.OfType<string>().Select(Asked));
    }

    /// <summary>Without what the cluster gives: an object that is created again is another one, and a Service may get another address.</summary>
    private static string Asked(string text)
    {
        var obj = JsonNode.Parse(text)!.AsObject();
        obj.Remove("status");
        foreach (var (part, given) in (ReadOnlySpan<(string, string)>)[
            ("metadata", "uid"), ("metadata", "creationTimestamp"), ("spec", "clusterIP"), ("spec", "clusterIPs")])
        {
            obj[part]?.AsObject().Remove(given);
        }

        return obj.ToJsonString();
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}

/// <inheritdoc cref="FaultCase.Sample"/>
public sealed class SampleOfFaults() : FaultedTenants(FaultCase.Sample);

/// <summary>The whole table.</summary>
public sealed class EveryFault() : FaultedTenants(FaultCase.All);
