using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Workloads;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Workloads;

public sealed class WorkloadsTests
{
    private const string Stable = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: hello-v0-0-1, namespace: foo, labels: {team: foo, version: v0-0-1}, annotations: {note: kept out}}
        spec:
          replicas: 3
          selector: {matchLabels: {app: hello, version: v0-0-1}}
          template:
            metadata: {labels: {app: hello, version: v0-0-1}}
            spec:
              containers:
              - {name: log, image: "log:1"}
              - {name: hello, image: "hello:0.0.1", env: [{name: GREETING, value: Foo}]}
        status: {replicas: 3, updatedReplicas: 3, availableReplicas: 3, observedGeneration: 1}
        """;

    private readonly FakeResources resources = new();
    private readonly DeploymentWorkloads workloads;

    public WorkloadsTests()
    {
        workloads = new(resources, TimeProvider.System);
        resources.Put(ResourceType.Deployment, Yaml.Read(Stable));
    }

    private Task<Change> EnsureAsync(string image = "hello:0.0.2") => workloads.EnsureAsync("foo", "hello", "v0-0-1", "v0-0-2", image, "canary.foo.hello/1", default);

    [Fact]
    public async Task The_candidate_is_like_the_stable_one_but_for_name_version_and_image()
    {
        Assert.Equal(Change.Created, await EnsureAsync());

        var candidate = resources.Get(ResourceType.Deployment, "foo", "hello-v0-0-2")!;
        var expected = Yaml.Read(Stable.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal).Replace("0.0.1", "0.0.2", StringComparison.Ordinal));
        Assert.Equal(expected["spec"]!.ToJsonString(), candidate["spec"]!.ToJsonString());
        Assert.Equal("""{"team":"foo","version":"v0-0-2","app.kubernetes.io/managed-by":"orchestrator"}""", candidate["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal("""{"orchestrator/created-by":"canary.foo.hello/1"}""", candidate["metadata"]!["annotations"]!.ToJsonString());
        Assert.Null(candidate["status"]);
    }

    [Fact]
    public async Task A_second_call_finds_its_own_work()
    {
        await EnsureAsync();
        Assert.Equal(Change.Unchanged, await EnsureAsync());
        Assert.Equal("canary.foo.hello/1", (await workloads.FindAsync("foo", "hello", "v0-0-2", default))!.CreatedBy);
    }

    [Fact]
    public async Task A_candidate_that_was_scaled_to_nothing_gets_its_pods_back()
    {
        await EnsureAsync();
        await workloads.ScaleAsync("foo", "hello", "v0-0-2", 0, default);

        Assert.Equal(Change.Updated, await EnsureAsync());
        Assert.Equal(3, (await workloads.FindAsync("foo", "hello", "v0-0-2", default))!.Replicas);
    }

    [Theory]
    [InlineData("orchestrator/restarted-for-revision", true)]
    [InlineData("kubectl.kubernetes.io/restartedAt", false)]
    public async Task Pods_that_an_onboarding_made_anew_are_those_that_were_there(string annotation, bool isSame)
    {
        var before = await workloads.FindAsync("foo", "hello", "v0-0-1", default);
        var deployment = Yaml.Read(Stable);
        deployment["spec"]!["template"]!["metadata"]!["annotations"] = new JsonObject { [annotation] = "1-30" };
        resources.Put(ResourceType.Deployment, deployment);

        Assert.Equal(isSame, before!.Mark == (await workloads.FindAsync("foo", "hello", "v0-0-1", default))!.Mark);
    }

    [Fact]
    public async Task Another_image_under_the_same_version_is_refused()
    {
        await EnsureAsync();
        Assert.Contains("runs hello:0.0.2, not hello:other", (await Assert.ThrowsAsync<WorkloadException>(() => EnsureAsync("hello:other"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_stable_Deployment_there_is_nothing_to_copy() =>
        Assert.Contains("nothing to make v9 from", (await Assert.ThrowsAsync<WorkloadException>(
            () => workloads.EnsureAsync("foo", "hello", "v0", "v9", "hello:9", "x/1", default))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_application_that_cannot_be_told_apart_is_not_guessed()
    {
        resources.Put(ResourceType.Deployment, Yaml.Read(Stable.Replace("name: hello, image", "name: main, image", StringComparison.Ordinal)));
        Assert.Contains("log, main", (await Assert.ThrowsAsync<WorkloadException>(() => EnsureAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_a_run_created_is_deleted()
    {
        await EnsureAsync();
        Assert.True(await workloads.DeleteOwnAsync("foo", "hello", "v0-0-2", default));
        Assert.False(await workloads.DeleteOwnAsync("foo", "hello", "v0-0-2", default));
        Assert.False(await workloads.DeleteOwnAsync("foo", "hello", "v0-0-1", default));
        Assert.NotNull(resources.Get(ResourceType.Deployment, "foo", "hello-v0-0-1"));
    }

    [Fact]
    public async Task The_wait_ends_as_soon_as_all_pods_are_there()
    {
        await EnsureAsync();
        var waiting = workloads.WaitForReadyAsync("foo", "hello", "v0-0-2", TimeSpan.FromSeconds(60), default);
        Assert.False(waiting.IsCompleted);

        var deployment = resources.Get(ResourceType.Deployment, "foo", "hello-v0-0-2")!;
        deployment["status"] = JsonNode.Parse("""{"replicas":3,"updatedReplicas":3,"availableReplicas":3,"observedGeneration":1}""");
        resources.Put(ResourceType.Deployment, deployment);

        Assert.True((await waiting).Ready);
    }

    [Fact]
    public async Task A_Deployment_that_is_not_there_is_told_as_such() =>
        Assert.Equal(
            new(false, null, "a Deployment whose pods are labelled app=hello, version=v7"),
            await workloads.WaitForReadyAsync("foo", "hello", "v7", TimeSpan.Zero, default));

    [Theory]
    [InlineData("{observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3}", 2, false, false)]
    [InlineData("{observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 2}", 2, false, false)]
    [InlineData("{observedGeneration: 2, replicas: 4, updatedReplicas: 3, availableReplicas: 4}", 2, false, false)]
    [InlineData("{observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3}", 2, true, false)]
    [InlineData("{observedGeneration: 2, replicas: 3, updatedReplicas: 3, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}", 2, false, true)]
    [InlineData("{observedGeneration: 1, replicas: 3, updatedReplicas: 3, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}", 2, false, false)]
    public void Rolled_out_means_all_of_it(string status, int generation, bool ready, bool failed)
    {
        var deployment = Yaml.Read(Stable);
        deployment["metadata"]!["generation"] = generation;
        deployment["status"] = Yaml.Read(status);

        var readiness = CandidateReadiness.Of(JsonNode.Parse(deployment.ToJsonString())!.AsObject(), "hello", "v0-0-1");

        Assert.Equal((ready, failed), (readiness.Ready, readiness.Failure is not null));
    }

    [Fact]
    public async Task Only_ready_pods_that_stay_are_counted()
    {
        Put("a", """{"conditions":[{"type":"Ready","status":"True"}]}""");
        Put("b", """{"conditions":[{"type":"Ready","status":"False"}]}""");
        Put("c", """{"conditions":[{"type":"Ready","status":"True"}]}""", """ "deletionTimestamp":"2026-01-01T00:00:00Z", """);

        Assert.Equal(1, await workloads.CountReadyPodsAsync("foo", "hello", "v0-0-2", default));

        void Put(string name, string status, string extra = "") => resources.Put(ResourceType.Pod, JsonNode.Parse(
            $$"""{"metadata":{"name":"{{name}}",{{extra}}"namespace":"foo","labels":{"app":"hello","version":"v0-0-2"} },"status":{{status}} }""")!.AsObject());
    }
}
