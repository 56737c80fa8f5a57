using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Api;

public sealed class KubectlTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>, IDisposable
{
    private readonly Kubectl kubectl = new(cluster.Server);

    public void Dispose() => kubectl.Dispose();

    private static string Deployment(string image, int replicas) => $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: hello}
        spec:
          replicas: {{{replicas}}}
          selector: {matchLabels: {app: hello}}
          template:
            metadata: {labels: {app: hello}}
            spec:
              containers:
              - {name: app, image: "{{{image}}}", ports: [{containerPort: 8080}]}
        """;

    [SkippableFact]
    public async Task Namespaces_are_created_listed_and_deleted()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        Assert.Equal("namespace/kube-made created\n", await kubectl.OutputAsync(null, "create", "namespace", "kube-made"));
        Assert.Matches(@"NAME +STATUS +AGE\nkube-made +Active +\d+s\n", await kubectl.OutputAsync(null, "get", "ns", "kube-made"));
        Assert.Contains("AlreadyExists", (await kubectl.RunAsync(null, "create", "namespace", "kube-made")).Error);
        // Waits until it is gone.
        Assert.Equal("namespace \"kube-made\" deleted\n", await kubectl.OutputAsync(null, "delete", "namespace", "kube-made"));
        Assert.Contains("(NotFound)", (await kubectl.RunAsync(null, "get", "ns", "kube-made")).Error);
    }

    [SkippableFact]
    public async Task Server_side_apply_conflicts_with_another_manager_unless_forced()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        Assert.Equal("deployment.apps/hello serverside-applied\n",
            await kubectl.OutputAsync(Deployment("hello:1", 1), "apply", "-n", ns, "--server-side", "--field-manager=one", "-f", "-"));

        var (exit, _, error) = await kubectl.RunAsync(Deployment("hello:2", 1), "apply", "-n", ns, "--server-side", "--field-manager=two", "-f", "-");
        Assert.NotEqual(0, exit);
        Assert.Contains("conflict with \"one\": .spec.template.spec.containers[name=\"app\"].image", error);

        await kubectl.OutputAsync(Deployment("hello:2", 1),
            "apply", "-n", ns, "--server-side", "--field-manager=two", "--force-conflicts", "-f", "-");
        Assert.Equal("hello:2", await kubectl.OutputAsync(null,
            "get", "deploy", "hello", "-n", ns, "-o", "jsonpath={.spec.template.spec.containers[0].image}"));
    }

    [SkippableFact]
    public async Task Client_side_apply_edits_by_strategic_merge()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        Assert.Equal("deployment.apps/hello created\n", await kubectl.OutputAsync(Deployment("hello:1", 1), "apply", "-n", ns, "-f", "-"));
        Assert.Equal("deployment.apps/hello configured\n", await kubectl.OutputAsync(Deployment("hello:2", 3), "apply", "-n", ns, "-f", "-"));
        Assert.Equal("deployment.apps/hello unchanged\n", await kubectl.OutputAsync(Deployment("hello:2", 3), "apply", "-n", ns, "-f", "-"));
        Assert.Equal("deployment.apps/hello scaled\n", await kubectl.OutputAsync(null, "scale", "deploy/hello", "-n", ns, "--replicas=5"));
        Assert.Equal("deployment.apps/hello image updated\n",
            await kubectl.OutputAsync(null, "set", "image", "deploy/hello", "-n", ns, "app=hello:3"));
        var deployment = cluster.Server.Store.Get(ResourceTypes.Deployment, ns, "hello");
        Assert.Equal(5, deployment.At("spec", "replicas").AsNumber());
        var container = Assert.Single(Assert.IsType<JsonArray>(deployment.At("spec", "template", "spec", "containers")));
        Assert.Equal("hello:3", container.At("image").AsText());
        Assert.NotNull(container.At("ports"));
    }

    [SkippableFact]
    public async Task The_create_commands_make_what_they_name()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        await kubectl.OutputAsync(null, "create", "-n", ns, "configmap", "settings", "--from-literal=a=1");
        await kubectl.OutputAsync(null, "create", "-n", ns, "secret", "generic", "hidden", "--from-literal=a=1");
        await kubectl.OutputAsync(null, "create", "-n", ns, "serviceaccount", "robot");
        await kubectl.OutputAsync(null, "create", "-n", ns, "service", "nodeport", "web", "--tcp=80:8080", "--node-port=32111");
        await kubectl.OutputAsync(null, "create", "-n", ns, "deployment", "web", "--image=web:1", "--replicas=0", "--port=8080");

        var store = cluster.Server.Store;
        Assert.Equal("1", store.Get(ResourceTypes.ConfigMap, ns, "settings").At("data", "a").AsText());
        Assert.Equal("MQ==", store.Get(ResourceTypes.Secret, ns, "hidden").At("data", "a").AsText());
        Assert.NotNull(store.Find(ResourceTypes.ServiceAccount, ns, "robot"));
        var port = store.Get(ResourceTypes.Service, ns, "web").At("spec", "ports")![0];
        Assert.Equal((80, 8080, 32111), (port.At("port").AsNumber(), port.At("targetPort").AsNumber(), port.At("nodePort").AsNumber()));
        var deployment = store.Get(ResourceTypes.Deployment, ns, "web");
        Assert.Equal(0, deployment.At("spec", "replicas").AsNumber());
        Assert.Equal("web:1", deployment.At("spec", "template", "spec", "containers")![0].At("image").AsText());
        Assert.Contains("send it with kubectl apply", (await kubectl.RunAsync(null, "create", "quota", "few", "-n", ns, "--hard=pods=1")).Error);
    }

    [SkippableFact]
    public async Task A_misspelt_field_is_refused_by_name()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        foreach (var arguments in new[] { new[] { "create" }, ["apply"], ["apply", "--server-side"] })
        {
            var (exit, _, error) = await kubectl.RunAsync(
                Deployment("hello:1", 1).Replace("containerPort", "containerport"), [.. arguments, "-n", ns, "-f", "-"]);
            Assert.NotEqual(0, exit);
            Assert.Contains("unknown field \"spec.template.spec.containers[0].ports[0].containerport\"", error);
        }
    }

    [SkippableFact]
    public async Task Get_prints_the_columns_of_each_kind_and_watches()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        using var watch = kubectl.Start("get", "deploy", "-n", ns, "-w");
        try
        {
            await kubectl.OutputAsync(Deployment("hello:1", 2), "apply", "-n", ns, "--server-side", "-f", "-");
            Assert.Matches("^NAME +READY +UP-TO-DATE +AVAILABLE +AGE", await LineAsync());
            Assert.Matches(@"^hello +\d/2 +\d +\d ", await LineAsync());
        }
        finally
        {
            watch.Kill(entireProcessTree: true);
        }
        Assert.Matches(@"deployment.apps/hello +\d/2 ", await kubectl.OutputAsync(null, "get", "all", "-n", ns));

        async Task<string> LineAsync() => await watch.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? "";
    }

    [SkippableFact]
    public async Task Istios_kinds_are_established_and_show_their_columns()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var ns = cluster.Namespace();
        await kubectl.OutputAsync(null, "wait", "--for=condition=Established", "crd/virtualservices.networking.istio.io", "--timeout=20s");
        await kubectl.OutputAsync("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: hello}
            spec: {hosts: ["*"], gateways: [foo-gateway], http: [{route: [{destination: {host: hello}}]}]}
            ---
            apiVersion: networking.istio.io/v1beta1
            kind: DestinationRule
            metadata: {name: hello}
            spec: {host: hello.foo.svc.cluster.local}
            ---
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: nothing}
            spec: {revision: canary, profile: empty}
            """, "apply", "-n", ns, "--server-side", "-f", "-");
        Assert.Matches(@"NAME +GATEWAYS +HOSTS +AGE\nhello +\[""foo-gateway""\] +\[""\*""\] +\d+s\n",
            await kubectl.OutputAsync(null, "get", "vs", "-n", ns));
        Assert.Matches(@"NAME +HOST +AGE\nhello +hello.foo.svc.cluster.local +\d+s\n", await kubectl.OutputAsync(null, "get", "dr", "-n", ns));
        Assert.Matches(@"NAME +REVISION +STATUS +AGE\nnothing +canary ", await kubectl.OutputAsync(null, "get", "iop", "-n", ns));
    }

    [SkippableFact]
    public async Task Discovery_names_every_kind()
    {
        Skip.If(Kubectl.Path is null, "There is no kubectl in PATH.");
        var printed = await kubectl.OutputAsync(null, "api-resources", "-o", "name");
        Assert.Equal(ResourceTypes.All.Select(type => type.QualifiedName).Order(StringComparer.Ordinal),
            printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Contains("Server Version: v", await kubectl.OutputAsync(null, "version"));
    }
}
