using Orchestrator.Activities.Tenants;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;
using Orchestrator.Tests;

namespace Orchestrator.Activities.Tests.Tenants;

public sealed class TenantWithoutMeshTests(SimulatedCluster cluster) : IClassFixture<SimulatedCluster>
{
    [Fact]
    public async Task A_tenant_on_a_cluster_without_a_mesh_is_told_how_to_get_one()
    {
        var spec = new TenantSpec { Tenant = "foo", Gateway = new() { Service = new(ServiceType.ClusterIP, [new("http2", 80, 8080)]) } };

        var report = await new VerifyTenant(cluster.Directory).RunAsync(new("tenant.foo/first", spec, null), MeshedCluster.Context);

        Assert.Equal(StepOutcome.Refused, report.Outcome);
        Assert.Contains("Run `orc mesh ensure`", report.Message, StringComparison.Ordinal);
    }
}
