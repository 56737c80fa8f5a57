using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests;

public sealed class AppliedConfigurationTests
{
    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata:
          name: gw
          namespace: foo
          uid: 7b0c
          labels: {app: gw, team: theirs}
          annotations: {note: theirs}
          finalizers: [ours, theirs]
          managedFields:
          - manager: orchestrator
            operation: Apply
            fieldsV1:
              "f:metadata":
                "f:labels": {"f:app": {}}
                "f:finalizers": {'v:"ours"': {}}
              "f:spec":
                "f:type": {}
                "f:selector": {}
                "f:ports":
                  'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}, "f:name": {}}
          - manager: orchestrator
            operation: Apply
            subresource: status
            fieldsV1: {"f:status": {"f:x": {}}}
          - manager: kubectl
            operation: Update
            fieldsV1: {"f:metadata": {"f:labels": {"f:team": {}}}}
        spec:
          type: NodePort
          clusterIP: 10.0.0.1
          selector: {app: gw, istio: foo-ingress}
          ports:
          - {name: status, port: 15021, protocol: TCP, targetPort: 15021}
          - {name: http2, port: 80, protocol: TCP, targetPort: 8080, nodePort: 32180}
        """;

    [Fact]
    public void Only_the_fields_of_the_manager_are_read_back()
    {
        var applied = AppliedConfiguration.Of(Yaml.Read(Service), "orchestrator")!;

        var expected = Yaml.Read("""
            apiVersion: v1
            kind: Service
            metadata: {name: gw, namespace: foo, labels: {app: gw}, finalizers: [ours]}
            spec:
              type: NodePort
              selector: {app: gw, istio: foo-ingress}
              ports: [{name: http2, port: 80, protocol: TCP}]
            """);
        Assert.True(JsonNode.DeepEquals(expected, applied), applied.ToJsonString());
    }

    [Fact]
    public void A_manager_that_has_applied_nothing_has_no_configuration()
    {
        Assert.Null(AppliedConfiguration.Of(Yaml.Read(Service), "somebody"));
        Assert.Null(AppliedConfiguration.Of(Yaml.Read(Service), "kubectl"));
        Assert.Null(AppliedConfiguration.Of(new JsonObject(), "orchestrator"));
    }
}
