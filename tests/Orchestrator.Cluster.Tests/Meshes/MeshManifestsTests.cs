using System.Text.Json;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Domain.Meshes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Meshes;

public sealed class MeshManifestsTests
{
    private const string Folder = "tests/Orchestrator.Cluster.Tests/Meshes/cases";

    public static TheoryData<string> Cases => GoldenCases.In(Folder);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_manifests_of_a_control_plane_are_as_written(string name)
    {
        using var body = JsonDocument.Parse(GoldenCases.Read(Folder, name, "spec.json"));
        var spec = MeshRequest.Read(body.RootElement, "default").Value!;

        Manifests.AssertEqual(GoldenCases.Read(Folder, name, "expected.yaml"), [MeshManifests.Namespace(spec), MeshManifests.ControlPlane(spec)]);
    }
}
