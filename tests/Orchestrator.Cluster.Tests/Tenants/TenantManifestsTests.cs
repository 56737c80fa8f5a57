using System.Text.Json;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Tenants;

public sealed class TenantManifestsTests
{
    private const string Folder = "tests/Orchestrator.Cluster.Tests/Tenants/cases";

    public static TheoryData<string> Cases => GoldenCases.In(Folder);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_manifests_of_a_tenant_are_as_written(string name)
    {
        using var body = JsonDocument.Parse(GoldenCases.Read(Folder, name, "spec.json"));
        var spec = TenantRequest.Read(body.RootElement, "foo").Value!;

        IReadOnlyList<Manifest> manifests =
        [
            TenantManifests.LabelledNamespace(spec),
            .. TenantManifests.Waypoint(spec),
            .. TenantManifests.Gateway(spec),
            .. RouteManifests.Entry(spec),
            .. spec.Services.SelectMany(service => RouteManifests.Subsets(spec, service).Append(RouteManifests.Routes(spec, service))),
        ];

        Manifests.AssertEqual(GoldenCases.Read(Folder, name, "expected.yaml"), manifests);
    }

    [Fact]
    public void A_namespace_follows_no_control_plane_before_its_label_is_set()
    {
        var spec = new TenantSpec { Tenant = "foo", Gateway = new() { Service = new(ServiceType.NodePort, []) } };

        var labels = TenantManifests.Namespace(spec).Object["metadata"]!["labels"]!.AsObject();

        Assert.Equal(["app.kubernetes.io/managed-by", "orchestrator/tenant"], labels.Select(label => label.Key));
    }
}
