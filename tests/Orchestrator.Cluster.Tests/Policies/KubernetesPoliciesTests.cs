using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Policies;

/// <summary>What <c>infra/kubernetes</c> grants and forbids, rendered as <c>kubectl apply -k</c> does.</summary>
public sealed class KubernetesPoliciesTests
{
    [Theory]
    [InlineData("in-cluster")]
    [InlineData("aks")]
    public async Task The_role_grants_what_is_needed_and_nothing_else(string overlay)
    {
        var role = Assert.Single(await RenderAsync(overlay), item => item.Kind == "ClusterRole");

        var granted = role.Items("rules").SelectMany(rule =>
            from @group in Texts(rule, "apiGroups")
            from resource in Texts(rule, "resources")
            from name in Texts(rule, "resourceNames").DefaultIfEmpty()
            from verb in Texts(rule, "verbs")
            select $"{verb} {@group}/{resource} {name}").ToList();
        var needed = ClusterRights.All.SelectMany(right => right.Verbs.Select(verb => $"{verb} {right.Group}/{right.Resource} {right.Name}")).ToList();
        Assert.Equal(needed.Order(StringComparer.Ordinal), granted.Order(StringComparer.Ordinal));
        Assert.All(role.Items("rules"), rule => Assert.Null(rule.At("nonResourceURLs")));
    }

    [Fact]
    public void No_right_is_a_pattern_or_reads_secrets() => Assert.All(ClusterRights.All, right =>
    {
        Assert.DoesNotContain("*", (string[])[right.Group, right.Resource, .. right.Verbs]);
        Assert.NotEqual("secrets", right.Resource);
    });

    [Theory]
    [InlineData("in-cluster", "system:serviceaccount:orchestrator:orchestrator")]
    [InlineData("aks", "00000000-0000-0000-0000-000000000000")]
    public async Task Who_has_the_role_is_who_is_confined(string overlay, string user)
    {
        var items = await RenderAsync(overlay);

        var subject = Assert.Single(Assert.Single(items, item => item.Kind == "ClusterRoleBinding").Items("subjects"));
        Assert.Equal(user, subject.Text("kind") == "ServiceAccount" ? $"system:serviceaccount:{subject.Text("namespace")}:{subject.Text("name")}" : subject.Text("name"));
        var confining = items.Where(item => item.Kind == "ValidatingAdmissionPolicy" && item.Name.StartsWith("orchestrator-", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, confining.Count);
        Assert.All(confining, policy => Assert.Equal(
            $"request.userInfo.username == \"{user}\"", Assert.Single(policy.Items("spec", "matchConditions")).Text("expression")));
        var cordon = Assert.Single(items, item => item.Kind == "ValidatingAdmissionPolicy" && item.Name == "tenant-cordon");
        Assert.Equal($"request.userInfo.username != \"{user}\"", cordon.Items("spec", "matchConditions").First().Text("expression"));
    }

    [Theory]
    [InlineData("in-cluster")]
    [InlineData("aks")]
    public async Task Every_policy_is_bound_and_denies_with_words(string overlay)
    {
        var items = await RenderAsync(overlay);
        var policies = items.Where(item => item.Kind == "ValidatingAdmissionPolicy").ToList();

        Assert.Equal(
            ["orchestrator-namespaces", "orchestrator-roles", "tenant-cordon", "tenant-deletion", "tenant-gateways", "tenant-routes"],
            policies.Select(policy => policy.Name).Order(StringComparer.Ordinal));
        Assert.All(policies, policy =>
        {
            Assert.Equal("Fail", policy.Text("spec", "failurePolicy"));
            Assert.All(policy.Items("spec", "validations"), validation => Assert.NotNull(validation.Text("message") ?? validation.Text("messageExpression")));
            var binding = Assert.Single(items, item => item.Kind == "ValidatingAdmissionPolicyBinding" && item.Text("spec", "policyName") == policy.Name);
            Assert.Equal(["Deny"], Texts(binding, "spec", "validationActions"));
        });
        Assert.All(
            policies.Where(policy => policy.Name.StartsWith("tenant-", StringComparison.Ordinal)),
            policy => Assert.Equal(
                Ownership.TenantLabel, policy.Items("spec", "matchConstraints", "namespaceSelector", "matchExpressions").First().Text("key")));
        Assert.Contains(policies, policy => policy.Items("spec", "matchConstraints", "namespaceSelector", "matchExpressions").Any(it => it.Text("key") == Ownership.CordonedLabel));
        Assert.Contains(
            policies.SelectMany(policy => policy.Items("spec", "validations")),
            validation => validation.Text("expression")!.Contains($"\"{Ownership.PreventDeletionLabel}\"", StringComparison.Ordinal));
        Assert.Contains(
            Ownership.TenantLabel,
            policies.Single(policy => policy.Name == "orchestrator-namespaces").Items("spec", "variables").Single(item => item.Text("name") == "isTenants").Text("expression"),
            StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<JsonObject>> RenderAsync(string overlay)
    {
        var rendered = await RunningProcess.RunAsync("kubectl", ["kustomize", Repository.PathOf("infra", "kubernetes", "overlays", overlay)], TimeSpan.FromMinutes(1));
        Assert.True(rendered.ExitCode == 0, rendered.Error);
        return Yaml.ReadAll(rendered.Output);
    }

    private static IEnumerable<string> Texts(JsonNode? node, params ReadOnlySpan<string> path) => [.. node.Items(path).Select(item => item!.GetValue<string>())];
}
