using System.Net;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Api;

public sealed class ApiFaultTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>, IDisposable
{
    private readonly string ns = cluster.Namespace();

    public void Dispose() => cluster.Server.Faults.Clear();

    [Theory]
    [InlineData(409, "Conflict")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(504, "Timeout")]
    public async Task A_refusal_has_the_form_of_the_real_one_and_ends_after_its_count(int status, string reason)
    {
        await SetAsync("get", $$"""{ "status": {{status}}, "retryAfterSeconds": 3, "count": 1 }""", $"?namespace={ns}");

        Assert.Equal(404, (await cluster.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/configmaps/a")).Code);
        using var answer = await cluster.Http.GetAsync(Path);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(reason, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["reason"]!.ToString());
        Assert.Equal(status == 429 ? TimeSpan.FromSeconds(3) : null, answer.Headers.RetryAfter?.Delta);
        Assert.Equal(404, (await cluster.SendAsync(HttpMethod.Get, Path)).Code);
    }

    [Fact]
    public async Task A_lost_answer_is_the_answer_of_a_write_that_was_done()
    {
        await SetAsync("create", """{ "effect": "loseAnswer", "count": 1 }""");

        await Assert.ThrowsAsync<HttpRequestException>(() => CreateAsync("1"));

        Assert.NotNull(cluster.Server.Store.Find(ResourceTypes.ConfigMap, ns, "a"));
        Assert.Equal(409, (await CreateAsync("1")).Code);
    }

    [Fact]
    public async Task An_apply_meets_a_foreign_manager_unless_it_forces()
    {
        await CreateAsync("1");
        await SetAsync("patch", """{ "effect": "conflict", "manager": "helm" }""");

        var (code, body) = await cluster.ApplyAsync(Path, "me", """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": { "x": "2" } }""");
        Assert.Equal(409, code);
        var cause = Assert.Single(body!["details"]!["causes"]!.AsArray())!;
        Assert.Equal(("FieldManagerConflict", ".data.x"), (cause["reason"]!.ToString(), cause["field"]!.ToString()));
        Assert.StartsWith("conflict with \"helm\" using v1", cause["message"]!.ToString());
        Assert.Equal(409, (await cluster.SendAsync(HttpMethod.Patch, Path, """{ "data": { "x": "2" } }""", "application/merge-patch+json")).Code);
        Assert.Equal(200, (await cluster.ApplyAsync(Path, "me", """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": { "x": "2" } }""", "&force=true")).Code);
    }

    [Fact]
    public async Task A_foreign_write_comes_first_and_leaves_its_trace()
    {
        var (_, created) = await CreateAsync("1");
        await SetAsync("update", """{ "effect": "foreignWrite", "count": 1 }""");

        Assert.Equal(409, (await cluster.SendAsync(HttpMethod.Put, Path, created!.ToJsonString())).Code);

        var stored = cluster.Server.Store.Get(ResourceTypes.ConfigMap, ns, "a");
        Assert.Contains(stored.At("metadata", "managedFields")!.AsArray(), entry => entry!["manager"]!.ToString() == "foreign-manager");
        Assert.Equal("1", stored.At("data", "x").AsText());
    }

    [Fact]
    public async Task A_stale_read_lags_behind_and_a_delayed_one_comes()
    {
        var (_, created) = await CreateAsync("1");
        created!["data"]!["x"] = "2";
        Assert.Equal(200, (await cluster.SendAsync(HttpMethod.Put, Path, created.ToJsonString())).Code);
        await SetAsync("get", """{ "effect": "stale", "behind": 1, "count": 1 }""");
        await SetAsync("list", """{ "effect": "delay", "delayMs": 1 }""");

        Assert.Equal("1", (await cluster.SendAsync(HttpMethod.Get, Path)).Body!["data"]!["x"]!.ToString());
        Assert.Equal("2", (await cluster.SendAsync(HttpMethod.Get, Path)).Body!["data"]!["x"]!.ToString());
        Assert.Equal(200, (await cluster.SendAsync(HttpMethod.Get, Path[..Path.LastIndexOf('/')])).Code);
    }

    [Fact]
    public async Task A_dropped_watch_breaks_in_the_middle()
    {
        await SetAsync("watch", """{ "effect": "dropWatch", "delayMs": 1 }""");

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var stream = await cluster.Http.GetStreamAsync($"/api/v1/namespaces/{ns}/configmaps?watch=true");
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync() is not null)
            {
            }

            throw new InvalidOperationException("The watch ended orderly.");
        }).ContinueWith(failure => Assert.IsNotType<InvalidOperationException>(failure.Result));
    }

    [Fact]
    public async Task A_silent_watch_stays_open_and_says_nothing_more()
    {
        await SetAsync("watch", """{ "effect": "silenceWatch", "delayMs": 0, "count": 1 }""");
        await using var silent = await cluster.Http.GetStreamAsync($"/api/v1/namespaces/{ns}/configmaps?watch=true&timeoutSeconds=1");
        await using var honest = await cluster.Http.GetStreamAsync($"/api/v1/namespaces/{ns}/configmaps?watch=true&timeoutSeconds=1");

        await CreateAsync("1");

        Assert.Contains("ADDED", await new StreamReader(honest).ReadToEndAsync());
        Assert.Equal("", await new StreamReader(silent).ReadToEndAsync());
    }

    [Theory]
    [InlineData("""{ "status": 418 }""", "status 418")]
    [InlineData("""{ "effect": "stale", "behind": 0 }""", "behind 0")]
    [InlineData("""{ "effect": "delay", "delayMs": -1 }""", "delayMs -1")]
    [InlineData("""{ "effect": "explode" }""", "effect")]
    public async Task What_cannot_be_simulated_is_refused(string fault, string problem)
    {
        var (code, body) = await cluster.SendAsync(HttpMethod.Put, "/simulator/faults/api/get/pods", fault);

        Assert.Equal(400, code);
        Assert.Contains(problem, body!["message"]!.ToString());
    }

    [Fact]
    public async Task A_fault_for_one_object_meets_its_watches_too_and_nothing_else()
    {
        await CreateAsync("1");
        await SetAsync("*", """{ "status": 503 }""", $"?namespace={ns}&name=a");

        Assert.Equal(503, (await cluster.SendAsync(HttpMethod.Get, Path)).Code);
        Assert.Equal(503, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?fieldSelector=metadata.name%3Da")).Code);
        Assert.Equal(404, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps/b")).Code);
        Assert.Equal(200, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps")).Code);
    }

    [Fact]
    public async Task A_fault_lets_those_pass_that_come_before()
    {
        await CreateAsync("1");
        await SetAsync("get", """{ "status": 503, "skip": 2, "count": 1 }""");

        List<int> codes = [];
        for (var call = 0; call < 4; call++)
        {
            codes.Add((await cluster.SendAsync(HttpMethod.Get, Path)).Code);
        }

        Assert.Equal([200, 200, 503, 200], codes);
    }

    private string Path => $"/api/v1/namespaces/{ns}/configmaps/a";

    private async Task SetAsync(string verb, string fault, string whose = "")
    {
        using var answer = await cluster.Http.PutAsync($"/simulator/faults/api/{verb}/configmaps{whose}", new StringContent(fault));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private Task<(int Code, JsonNode? Body)> CreateAsync(string value) => cluster.SendAsync(HttpMethod.Post, Path[..Path.LastIndexOf('/')],
        $$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": { "x": "{{value}}" } }""");
}
