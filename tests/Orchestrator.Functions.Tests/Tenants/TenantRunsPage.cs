using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Simulator;
using Orchestrator.TestKit;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>What a tenant of each gateway mode goes through under each kind of control plane: written from runs, as a page.</summary>
public sealed class TenantRunsPage : IAsyncLifetime
{
    private static readonly string[] Modes = ["injection", "istioOperator", "gatewayApi"];

    /// <summary>What Kubernetes' own controllers make of objects, and when, is not the orchestrator's.</summary>
    private static readonly string[] Derived = ["pods", "replicasets", "endpointslices", "endpoints", "events", "leases"];

    private const string Head = """
        # What a tenant's runs do

        Written by `ORC_WRITE_PAGES=1 dotnet test tests/Orchestrator.Functions.Tests --filter FullyQualifiedName~TenantRunsPage` from runs on the
        simulated cluster, and compared with them in every test run; do not edit.

        For each kind of control plane and each gateway mode: the steps of onboarding `foo` with their results, those of a second run over a tenant that
        stands (nothing is written: what `kubectl diff` would show is nothing), and the objects that were there afterwards and not before, those that
        controllers made included, without pods and what belongs to them. After offboarding the objects of the cluster are those from before, pods and
        all, which the test asserts.

        """;

    private readonly RunningApp plain = new();
    private readonly RunningApp sailing = new();
    private RunningApp app;

    public TenantRunsPage() => app = plain;

    public async Task InitializeAsync()
    {
        await plain.InitializeAsync();
        await sailing.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await plain.DisposeAsync();
        await sailing.DisposeAsync();
    }

    [Fact]
    public async Task The_page_tells_what_the_runs_do()
    {
        var text = new StringBuilder(Head);
        await TellAsync(text, "A shared control plane by the Istio operator", "{provider: istioOperator}", "shared");
        await TellAsync(text, "A control plane that something else has installed", "{provider: existing}", "shared");
        await TellAsync(text, "A control plane of the tenant's own, by the Istio operator", "{provider: existing}", "dedicated");
        await sailing.Cluster.InstallSailAsync();
        app = sailing;
        await TellAsync(text, "A shared control plane by Sail", "{provider: sail}", "shared");
        await TellAsync(text, "A control plane of the tenant's own, by Sail", "{provider: sail}", "dedicated");
        await sailing.Cluster.ServeAmbientAsync();
        text.Append("\n## A shared control plane by Sail that serves ambient, gateway mode `gatewayApi`, data plane `ambient`\n\n");
        await TellRunsAsync(text, "gatewayApi", "shared", "{dataPlane: ambient}");

        WrittenPage.Check("tenant-runs.md", text.ToString());
    }

    private async Task TellAsync(StringBuilder text, string title, string mesh, string isolation)
    {
        (await app.PutAsync("/api/meshes/default", Yaml.Read(mesh))).EnsureSuccessStatusCode();
        Assert.Equal("Ready", (await app.PhaseAsync("/api/meshes/default", "Ready", "Failed")).Text("phase"));
        foreach (var mode in Modes)
        {
            text.Append($"\n## {title}, gateway mode `{mode}`\n\n");
            await TellRunsAsync(text, mode, isolation);
        }
    }

    private async Task TellRunsAsync(StringBuilder text, string mode, string isolation, string follows = "{}")
    {
        var before = Objects();
        var first = await RunAsync(mode, isolation, follows, "60s");
        var made = Objects().Except(before).Where(obj => !Derived.Any(kind => obj.StartsWith(kind, StringComparison.Ordinal)));
        var second = await RunAsync(mode, isolation, follows, "61s");
        (await app.Http.DeleteAsync("/api/tenants/foo")).EnsureSuccessStatusCode();
        var gone = await app.PhaseAsync("/api/tenants/foo", "Offboarded", "Failed");

        text.Append("| step | onboarding | again |\n|---|---|---|\n");
        foreach (var (once, again) in first["steps"]!.AsArray().Zip(second["steps"]!.AsArray()))
        {
            Assert.Contains(again.Text("result"), (string[])["Ready", "Unchanged"]);
            text.Append($"| {once.Text("name")} | {once.Text("result")} | {again.Text("result")} |\n");
        }

        text.Append("\nObjects:\n\n").AppendJoin("", made.Select(obj => $"- `{obj}`\n"));
        Assert.True(gone.Text("phase") == "Offboarded", gone.ToJsonString());
        await Eventually.Async(() => Objects().SequenceEqual(before), TimeSpan.FromSeconds(20), "the objects of the cluster to be those from before");
    }

    private async Task<JsonObject> RunAsync(string mode, string isolation, string follows, string timeout)
    {
        var spec = RunningApp.InnerTenant("foo");
        spec["isolation"] = isolation;
        spec["mesh"] = Yaml.Read(follows);
        spec["gateway"]!["mode"] = mode;
        spec["readiness"] = new JsonObject { ["timeout"] = timeout };
        Assert.Equal(HttpStatusCode.Accepted, (await app.PutAsync("/api/tenants/foo", spec)).StatusCode);
        var view = await app.PhaseAsync("/api/tenants/foo", "Ready", "RolledBack", "Failed");
        Assert.True(view.Text("phase") == "Ready", view.ToJsonString());
        return view;
    }

    /// <summary>Every object of the cluster but events, in order, as <c>plural.group namespace/name</c>.</summary>
    private List<string> Objects() =>
    [
        .. ResourceTypes.All
            .Where(type => type != ResourceTypes.Event && type != ResourceTypes.Lease)
            .SelectMany(type => app.Cluster.Server.Store.List(type).Select(obj =>
                $"{type.QualifiedName} {(obj["metadata"].Text("namespace") is { } ns ? $"{ns}/" : "")}{obj["metadata"].Text("name")}"))
            .Order(StringComparer.Ordinal),
    ];
}
