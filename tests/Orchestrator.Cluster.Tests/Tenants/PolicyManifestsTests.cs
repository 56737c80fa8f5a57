using System.Text.Json;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Tenants;

public sealed class PolicyManifestsTests
{
    private const string Folder = "tests/Orchestrator.Cluster.Tests/Tenants/policies";

    public static TheoryData<string> Cases => GoldenCases.In(Folder);

    private static TenantSpec Spec(string name)
    {
        using var body = JsonDocument.Parse(GoldenCases.Read(Folder, name, "spec.json"));
        return TenantRequest.Read(body.RootElement, "foo").Value!;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_policies_of_a_tenant_are_as_written(string name)
    {
        var spec = Spec(name);

        Manifests.AssertEqual(
            GoldenCases.Read(Folder, name, "expected.yaml"), [TenantManifests.LabelledNamespace(spec), .. PolicyManifests.Of(spec)]);
    }

    [Fact]
    public void What_a_new_spec_has_no_object_for_is_retired_and_the_plan_knows()
    {
        var specs = new[] { "default", "permissive-bare", "everything" }.Select(Spec).ToList();

        Assert.Equal(
            [
                "AuthorizationPolicy gateway-open", "AuthorizationPolicy same-namespace", "NetworkPolicy gateway-ingress",
                "NetworkPolicy default-deny-ingress", "ResourceQuota tenant", "LimitRange tenant", "RoleBinding tenant-admins",
            ],
            PolicyManifests.Retired(Spec("permissive-bare"), Spec("everything")).Select(manifest => $"{manifest.Type.Kind} {manifest.Name}"));
        foreach (var (spec, previous) in specs.SelectMany(_ => specs, (spec, previous) => (spec, previous)))
        {
            Assert.Equal(PolicyManifests.Retired(spec, previous).Count > 0, TenantPlan.RetiresPolicies(spec, previous));
        }
    }
}
