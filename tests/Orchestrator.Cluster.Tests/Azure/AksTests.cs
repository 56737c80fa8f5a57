using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Orchestrator.Cluster.Azure;
using Orchestrator.Cluster.Kubernetes;
using FakeApiServer = Orchestrator.Cluster.Tests.Kubernetes.FakeApiServer;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Cluster.Tests.Azure;

/// <summary>An AKS cluster by its ARM id, with an ARM and an Entra ID of the test's own.</summary>
public sealed class AksTests
{
    private const string Id = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/team/providers/Microsoft.ContainerService/managedClusters/prod";

    [Fact]
    public async Task The_server_is_asked_with_a_token_for_AKS_and_ARM_with_one_for_ARM()
    {
        string? token = null;
        await using var server = await FakeApiServer.StartAsync((http, _) =>
        {
            token = http.Request.Headers.Authorization;
            return FakeApiServer.SendAsync(http, """{"metadata":{"name":"foo"}}""");
        });
        var arm = new FakeArm(Kubeconfig(server.Configuration.Host));
        using var resources = Connect(arm, new Identity());

        Assert.Equal("foo", (await resources.GetAsync(ResourceType.Namespace, null, "foo", default))?.Name);
        await resources.GetAsync(ResourceType.Namespace, null, "foo", default);

        Assert.Equal($"Bearer {EntraTokens.Aks} 1", token);
        var asked = Assert.Single(arm.Asked);
        Assert.StartsWith($"POST https://management.azure.com{Id}/listClusterUserCredential?api-version=20", asked, StringComparison.Ordinal);
        Assert.EndsWith(" Bearer https://management.azure.com/.default 1", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ARM_refuses_is_said_in_its_words_and_asked_again_by_the_next_call()
    {
        await using var server = await FakeApiServer.StartAsync((http, _) => FakeApiServer.SendAsync(http, """{"metadata":{"name":"foo"}}"""));
        var arm = new FakeArm(Kubeconfig(server.Configuration.Host)) { Refusals = 1 };
        using var resources = Connect(arm, new Identity());

        var refused = await Assert.ThrowsAsync<ResourceException>(() => resources.GetAsync(ResourceType.Namespace, null, "foo", default));

        Assert.True(refused.IsPermanent);
        Assert.Equal($"POST {Id}/listClusterUserCredential: 403 The client has no authorization.", refused.Message);
        Assert.NotNull(await resources.GetAsync(ResourceType.Namespace, null, "foo", default));
    }

    [Fact]
    public async Task A_cluster_without_Entra_ID_is_told_apart()
    {
        using var resources = Connect(new(Kubeconfig("https://127.0.0.1:1", "client-certificate-data: YQ==")), new Identity());

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => resources.GetAsync(ResourceType.Namespace, null, "foo", default));

        Assert.Contains("--enable-aad", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("prod")]
    [InlineData("/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/team")]
    [InlineData("/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/team/providers/Microsoft.Web/sites/prod")]
    public void An_id_of_something_else_names_the_setting(string? id)
    {
        using var clusters = new ClusterDirectory(
            new Dictionary<string, ClusterOptions> { ["prod"] = new() { Kind = ClusterKind.Aks, AksResourceId = id } }, TimeProvider.System, new Identity());

        var refused = Assert.Throws<InvalidOperationException>(() => clusters.Get("prod"));

        Assert.Contains("Orchestrator__Clusters__prod__AksResourceId", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void A_rate_that_lets_nothing_through_names_the_setting(double rate, int burst)
    {
        using var clusters = new ClusterDirectory(
            new Dictionary<string, ClusterOptions> { ["prod"] = new() { RequestsPerSecond = rate, Burst = burst } }, TimeProvider.System);

        Assert.Contains("Orchestrator__Clusters__prod__RequestsPerSecond", Assert.Throws<InvalidOperationException>(() => clusters.Get("prod")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_many_ask_one_token_is_fetched()
    {
        var answer = new TaskCompletionSource();
        var identity = new Identity { Answer = answer.Task };
        var tokens = new EntraTokens(identity, TimeProvider.System);

        var asking = Enumerable.Range(0, 20).Select(_ => tokens.GetAuthenticationHeaderAsync(default)).ToList();
        answer.SetResult();

        Assert.All(await Task.WhenAll(asking), header => Assert.Equal($"{EntraTokens.Aks} 1", header.Parameter));
        Assert.Equal(1, identity.Count);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires_and_kept_while_it_opens_when_it_cannot_be()
    {
        var time = new MovedTime();
        var identity = new Identity { Time = time };
        var tokens = new EntraTokens(identity, time);

        Assert.EndsWith(" 1", (await tokens.GetAuthenticationHeaderAsync(default)).Parameter, StringComparison.Ordinal);
        time.Now += TimeSpan.FromMinutes(54);
        Assert.EndsWith(" 1", (await tokens.GetAuthenticationHeaderAsync(default)).Parameter, StringComparison.Ordinal);
        time.Now += TimeSpan.FromMinutes(2);
        identity.IsDown = true;
        Assert.EndsWith(" 1", (await tokens.GetAuthenticationHeaderAsync(default)).Parameter, StringComparison.Ordinal);
        identity.IsDown = false;
        Assert.EndsWith(" 2", (await tokens.GetAuthenticationHeaderAsync(default)).Parameter, StringComparison.Ordinal);
        identity.IsDown = true;
        time.Now += TimeSpan.FromHours(2);
        await Assert.ThrowsAsync<InvalidOperationException>(() => tokens.GetAuthenticationHeaderAsync(default));
    }

    private static Resources Connect(FakeArm arm, TokenCredential identity) =>
        new(new AksCluster("prod", Id, identity, TimeProvider.System, new HttpClientTransport(arm)).ConfigureAsync, TimeProvider.System);

    private static string Kubeconfig(string server, string user = "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: kubelogin}") =>
        $$"""
        apiVersion: v1
        kind: Config
        current-context: prod
        clusters: [{name: prod, cluster: {server: "{{server}}"} }]
        contexts: [{name: prod, context: {cluster: prod, user: clusterUser} }]
        users: [{name: clusterUser, user: { {{user}} } }]
        """;

    private sealed class FakeArm(string kubeconfig) : HttpMessageHandler
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        public int Refusals { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Enqueue($"{request.Method} {request.RequestUri} {request.Headers.Authorization}");
            var refuses = Refusals-- > 0;
            var answer = refuses
                ? """{"error":{"code":"AuthorizationFailed","message":"The client has no authorization."}}"""
                : $$"""{"kubeconfigs":[{"name":"clusterUser","value":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(kubeconfig))}}"}]}""";
            return Task.FromResult(new HttpResponseMessage(refuses ? HttpStatusCode.Forbidden : HttpStatusCode.OK)
            {
                Content = new StringContent(answer, Encoding.UTF8, "application/json"),
                RequestMessage = request,
            });
        }
    }

    private sealed class MovedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Gives tokens that say for what they are and which one they are, for an hour.</summary>
    private sealed class Identity : TokenCredential
    {
        private readonly ConcurrentDictionary<string, int> counts = new();

        public Task Answer { get; init; } = Task.CompletedTask;

        public TimeProvider Time { get; init; } = TimeProvider.System;

        public bool IsDown { get; set; }

        public int Count => counts.Values.Sum();

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            await Answer;
            var scope = Assert.Single(requestContext.Scopes);
            return IsDown
                ? throw new InvalidOperationException("Entra ID does not answer")
                : new($"{scope} {counts.AddOrUpdate(scope, 1, (_, count) => count + 1)}", Time.GetUtcNow().AddHours(1));
        }
    }
}
