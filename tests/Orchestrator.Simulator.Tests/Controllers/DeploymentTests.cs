using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Controllers;

public sealed class DeploymentTests : IAsyncLifetime
{
    private readonly RunningCluster cluster = RunningCluster.Start();

    public Task InitializeAsync()
    {
        cluster.CreateNamespace("foo");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_deployment_rolls_out_and_says_so()
    {
        cluster.CreateDeployment("foo", "hello", replicas: 3);

        await cluster.RolledOutAsync("foo", "hello", 3);
        await Eventually.Holds(() => cluster.Condition(ResourceTypes.Deployment, "foo", "hello", "Progressing") == "True NewReplicaSetAvailable", "it is complete");
        Assert.Equal("True MinimumReplicasAvailable", cluster.Condition(ResourceTypes.Deployment, "foo", "hello", "Available"));
        var set = Assert.Single(cluster.Store.List(ResourceTypes.ReplicaSet, "foo"));
        Assert.StartsWith("hello-", set.Name);
        Assert.All(cluster.Pods("foo", "hello"), pod => Assert.Equal(set.Labels!["pod-template-hash"]!.ToString(), pod.Labels!["pod-template-hash"]!.ToString()));
    }

    [Fact]
    public async Task A_pod_runs_before_it_is_ready()
    {
        var stages = new List<string>();
        using var watch = cluster.Store.Subscribe(change =>
        {
            if (change.Type != ResourceTypes.Pod) return;
            var ready = (change.Object.At("status", "conditions") as JsonArray ?? []).Any(one => one?["type"].AsText() == "Ready" && one["status"].AsText() == "True");
            lock (stages) stages.Add(ready ? "Ready" : change.Object.At("status", "phase").AsText() ?? "New");
        });

        cluster.CreateDeployment("foo", "hello", replicas: 1);
        await cluster.RolledOutAsync("foo", "hello", 1);

        await Eventually.Holds(() => Seen().Contains("Ready"), "the pod is seen ready");
        Assert.Equal(["New", "Pending", "Running", "Ready"], Seen().Distinct());

        string[] Seen()
        {
            lock (stages) return [.. stages];
        }
    }

    [Fact]
    public async Task A_new_template_replaces_the_pods_without_going_below_what_may_be_missing()
    {
        cluster.CreateDeployment("foo", "hello", replicas: 4);
        await cluster.RolledOutAsync("foo", "hello", 4);
        var fewest = int.MaxValue;
        using var watch = cluster.Store.Subscribe(change =>
        {
            if (change.Type == ResourceTypes.Deployment) fewest = Math.Min(fewest, (int)(change.Object.At("status", "availableReplicas").AsNumber() ?? 0));
        });

        cluster.Change(ResourceTypes.Deployment, "foo", "hello", Image("hello:0.0.2"));
        await cluster.RolledOutAsync("foo", "hello", 4);

        Assert.InRange(fewest, 3, 4);
        await Eventually.Holds(() => cluster.Pods("foo", "hello") is { Count: 4 } pods
            && pods.All(pod => pod.At("spec", "containers")![0]!["image"]!.ToString() == "hello:0.0.2"), "only new pods are left");
        Assert.Equal([0, 4], cluster.Store.List(ResourceTypes.ReplicaSet, "foo").Select(set => (int)set.At("spec", "replicas").AsNumber()!).Order());
    }

    [Fact]
    public async Task Scaling_keeps_the_replica_set()
    {
        cluster.CreateDeployment("foo", "hello", replicas: 3);
        await cluster.RolledOutAsync("foo", "hello", 3);

        cluster.Change(ResourceTypes.Deployment, "foo", "hello", deployment => deployment["spec"]!["replicas"] = 1);
        await cluster.RolledOutAsync("foo", "hello", 1);
        cluster.Change(ResourceTypes.Deployment, "foo", "hello", deployment => deployment["spec"]!["replicas"] = 5);
        await cluster.RolledOutAsync("foo", "hello", 5);

        Assert.Single(cluster.Store.List(ResourceTypes.ReplicaSet, "foo"));
    }

    [Fact]
    public async Task A_rollout_that_never_gets_ready_exceeds_its_deadline_and_leaves_the_old_pods_serving()
    {
        cluster.CreateDeployment("foo", "hello", replicas: 2, more: "\"progressDeadlineSeconds\": 1,");
        await cluster.RolledOutAsync("foo", "hello", 2);
        cluster.Faults.Deployments[("foo", "hello")] = new();

        cluster.Change(ResourceTypes.Deployment, "foo", "hello", Image("hello:0.0.2"));

        await Eventually.Holds(() => cluster.Condition(ResourceTypes.Deployment, "foo", "hello", "Progressing") == "False ProgressDeadlineExceeded", "the deadline is exceeded");
        Assert.Equal(2, cluster.Status(ResourceTypes.Deployment, "foo", "hello", "availableReplicas").AsNumber());

        cluster.Faults.Clear();
        await cluster.RolledOutAsync("foo", "hello", 2);
        await Eventually.Holds(() => cluster.Condition(ResourceTypes.Deployment, "foo", "hello", "Progressing") == "True NewReplicaSetAvailable", "it is complete");
    }

    [Fact]
    public async Task A_pod_that_is_deleted_comes_back()
    {
        cluster.CreateDeployment("foo", "hello", replicas: 1);
        await cluster.RolledOutAsync("foo", "hello", 1);
        var first = Assert.Single(cluster.Pods("foo", "hello")).Name;

        cluster.Store.Delete(ResourceTypes.Pod, "foo", first);

        await Eventually.Holds(() => cluster.Pods("foo", "hello") is [var pod] && pod.Name != first, "another pod is there");
        await cluster.RolledOutAsync("foo", "hello", 1);
    }

    [Fact]
    public async Task With_the_deployment_go_its_replica_sets_and_pods()
    {
        cluster.CreateDeployment("foo", "hello");
        await cluster.RolledOutAsync("foo", "hello", 2);

        cluster.Store.Delete(ResourceTypes.Deployment, "foo", "hello");

        await Eventually.Holds(() => cluster.Store.List(ResourceTypes.ReplicaSet, "foo").Count + cluster.Store.List(ResourceTypes.Pod, "foo").Count == 0, "nothing is left");
    }

    [Fact]
    public async Task An_autoscaler_raises_its_target_to_the_minimum_and_knows_no_load()
    {
        cluster.CreateDeployment("foo", "hello", replicas: 1);
        cluster.Create(ResourceTypes.HorizontalPodAutoscaler, """
            { "metadata": { "name": "hello", "namespace": "foo" },
              "spec": { "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "hello" }, "minReplicas": 2, "maxReplicas": 5 } }
            """);

        await cluster.RolledOutAsync("foo", "hello", 2);

        await Eventually.Holds(() =>
            cluster.Status(ResourceTypes.HorizontalPodAutoscaler, "foo", "hello", "currentReplicas").AsNumber() == 2
            && cluster.Status(ResourceTypes.HorizontalPodAutoscaler, "foo", "hello", "desiredReplicas").AsNumber() == 2, "it reports two replicas");
        Assert.Equal("False FailedGetResourceMetric", cluster.Condition(ResourceTypes.HorizontalPodAutoscaler, "foo", "hello", "ScalingActive"));
    }

    [Fact]
    public async Task Endpoints_are_the_ready_pods()
    {
        cluster.Create(ResourceTypes.Service, """
            { "metadata": { "name": "hello", "namespace": "foo" }, "spec": { "selector": { "app": "hello" }, "ports": [{ "name": "http", "port": 80, "targetPort": 8080 }] } }
            """);
        cluster.Faults.Deployments[("foo", "slow")] = new();
        cluster.CreateDeployment("foo", "hello", replicas: 2);
        cluster.CreateDeployment("foo", "slow", replicas: 1, app: "hello", version: "v0-0-2");

        await cluster.RolledOutAsync("foo", "hello", 2);

        await Eventually.Holds(() => Endpoints().Length == 2, "both are endpoints");
        Assert.All(Endpoints(), name => Assert.StartsWith("hello-", name));
        cluster.Faults.Clear();
        await Eventually.Holds(() => Endpoints().Length == 3, "the third is too");

        string[] Endpoints() => [.. cluster.Store.List(ResourceTypes.EndpointSlice, "foo")
            .SelectMany(slice => slice["endpoints"]!.AsArray()).Select(endpoint => endpoint!["targetRef"]!["name"]!.ToString())];
    }

    [Fact]
    public async Task A_restart_goes_on_with_a_rollout()
    {
        var first = RunningCluster.Start();
        first.CreateNamespace("foo");
        first.CreateDeployment("foo", "hello", replicas: 3);

        await using var second = await first.RestartAsync();

        await second.RolledOutAsync("foo", "hello", 3);
    }

    [Fact]
    public async Task Every_namespace_has_a_default_service_account() => await Eventually.Holds(() => cluster.Store.Find(ResourceTypes.ServiceAccount, "foo", "default") is not null, "it is there");

    private static Action<JsonObject> Image(string image) =>
        deployment => deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = image;
}
