namespace Orchestrator.Simulator.Tests.Api;

/// <summary>What kubectl needs the server's schemas and tables for.</summary>
public sealed class KubectlSchemaTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>, IDisposable
{
    private const string Route = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: hello}
        spec:
          parentRefs: [{name: foo-gateway}]
          rules:
          - backendRefs: [{name: hello, port: 8080}]
        """;

    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata: {name: hello}
        spec: {selector: {app: hello}, ports: [{name: http, port: PORT}]}
        """;

    private readonly Kubectl kubectl = new(cluster.Server);

    public void Dispose() => kubectl.Dispose();

    [SkippableTheory]
    [InlineData("deployment.spec.template.spec.containers", "image\t<string>")]
    [InlineData("httproute.spec.rules.backendRefs", "weight\t<integer>")]
    [InlineData("istios.sailoperator.io.spec", "updateStrategy\t<Object>")]
    [InlineData("gateways.gateway.networking.k8s.io.spec.listeners", "port\t<integer> -required-")]
    public async Task Kinds_are_explained(string field, string expected)
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        Assert.Contains(expected, await kubectl.OutputAsync(null, "explain", field));
    }

    [SkippableTheory]
    [InlineData(Route)]
    [InlineData(Service)]
    public async Task A_second_apply_differs_in_nothing(string manifest)
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        manifest = manifest.Replace("PORT", "80");
        string[][] ways = [["--server-side"], []];
        foreach (var way in ways)
        {
            await kubectl.OutputAsync(manifest, ["apply", "-n", ns, "-f", "-", .. way]);
            Assert.Equal("", await kubectl.OutputAsync(manifest, ["diff", "-n", ns, "-f", "-", .. way]));
        }
    }

    [SkippableFact]
    public async Task A_difference_is_shown_and_nothing_is_written()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        await kubectl.OutputAsync(Service.Replace("PORT", "80"), "apply", "-n", ns, "-f", "-");

        var (exit, output, _) = await kubectl.RunAsync(Service.Replace("PORT", "81"), "diff", "-n", ns, "-f", "-");

        Assert.Equal(1, exit);
        Assert.Contains("+    port: 81", output);
        Assert.Equal("80", await kubectl.OutputAsync(null, "get", "svc", "hello", "-n", ns, "-o", "jsonpath={.spec.ports[0].port}"));
    }

    [SkippableFact]
    public async Task A_field_that_is_unknown_is_refused_by_the_server()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var (exit, _, error) = await kubectl.RunAsync(Route.Replace("parentRefs", "parentReferences"), "apply", "-n", cluster.Namespace(), "-f", "-");

        Assert.Equal(1, exit);
        Assert.Contains("unknown field \"spec.parentReferences\"", error);
    }

    [SkippableFact]
    public async Task Every_kind_is_shown_as_a_table()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        foreach (var type in ResourceTypes.All.Where(type => !type.IsReview))
            await kubectl.OutputAsync(null, "get", $"{type.Plural}.{type.Version}.{type.Group}", "-A");
        Assert.Matches(@"NAMESPACE +NAME +CLASS +ADDRESS +PROGRAMMED +AGE", await GatewayTableAsync());
    }

    [SkippableFact]
    public async Task Client_side_ownership_moves_to_server_side_apply()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        await kubectl.OutputAsync(Service.Replace("PORT", "80"), "apply", "-n", ns, "-f", "-");

        Assert.Equal("service/hello serverside-applied\n", await kubectl.OutputAsync(Service.Replace("PORT", "80"), "apply", "-n", ns, "--server-side", "-f", "-"));

        Assert.DoesNotContain("kubectl-client-side-apply", await kubectl.OutputAsync(null, "get", "svc", "hello", "-n", ns, "-o", "yaml", "--show-managed-fields"));
    }

    private async Task<string> GatewayTableAsync()
    {
        var ns = cluster.Namespace();
        await kubectl.OutputAsync("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: g}
            spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
            """, "apply", "-n", ns, "-f", "-");
        return await kubectl.OutputAsync(null, "get", "gateways.v1.gateway.networking.k8s.io", "-A");
    }
}
