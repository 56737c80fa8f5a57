using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Tenants;

public sealed class GatewayReadinessTests
{
    private static TenantSpec Tenant(GatewayMode mode = GatewayMode.IstioOperator, ServiceType type = ServiceType.NodePort) => new()
    {
        Tenant = "foo",
        Gateway = new() { Mode = mode, Service = new(type, [new("http2", 80, 8080, type is ServiceType.NodePort ? 32180 : null)]) },
    };

    private static GatewaySnapshot Ready { get; } = new()
    {
        Operator = Yaml.Read("{metadata: {namespace: istio-system}, status: {status: HEALTHY}}"),
        Deployment = Yaml.Read("""
            metadata: {generation: 2}
            spec: {replicas: 2}
            status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2}
            """),
        Service = Yaml.Read("spec: {type: NodePort, ports: [{port: 80, targetPort: 8080, nodePort: 32180}]}"),
        Autoscaler = Yaml.Read("spec: {minReplicas: 2, maxReplicas: 5}"),
        EndpointSlices = [Yaml.Read("endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}, {addresses: [10.0.0.2]}]")],
    };

    private static StepReport Judge(GatewaySnapshot seen, TenantSpec? spec = null) => GatewayReadiness.Judge(spec ?? Tenant(), seen);

    private static void AssertWaitsFor(string what, StepReport report)
    {
        Assert.Equal(StepOutcome.Waiting, report.Outcome);
        Assert.Contains(what, report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gateway_with_everything_is_ready() =>
        Assert.Equal(StepReport.Done("Ready", "2 replicas, 2 endpoints"), Judge(Ready));

    [Theory]
    [InlineData("{metadata: {namespace: istio-system}, status: {status: RECONCILING}}", "is RECONCILING")]
    [InlineData("{metadata: {namespace: istio-system}}", "is it running, and does it watch istio-system?")]
    public void HEALTHY_is_waited_for(string resource, string what) => AssertWaitsFor(what, Judge(Ready with { Operator = Yaml.Read(resource) }));

    [Fact]
    public void An_operator_in_error_is_a_refusal_in_its_own_words()
    {
        var report = Judge(Ready with
        {
            Operator = Yaml.Read("""
                status:
                  status: ERROR
                  componentStatus: {IngressGateways: {status: ERROR, error: provided port is already allocated}}
                """),
        });

        Assert.Equal(StepOutcome.Refused, report.Outcome);
        Assert.Contains("IngressGateways: provided port is already allocated", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HEALTHY_alone_is_not_enough_before_the_autoscaler_has_acted() =>
        AssertWaitsFor("Deployment foo/istio-ingress-gateway: 1 of 2 replicas available", Judge(Ready with
        {
            Deployment = Yaml.Read("""
                metadata: {generation: 1}
                spec: {replicas: 1}
                status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1}
                """),
        }));

    [Fact]
    public void A_generation_that_its_controller_has_not_seen_is_not_rolled_out() =>
        AssertWaitsFor("to be seen by its controller", Judge(Ready with { Deployment = With(Ready.Deployment!, "metadata", "generation", 3) }));

    [Fact]
    public void Old_replicas_beside_the_new_ones_are_waited_for() =>
        AssertWaitsFor("replicas available", Judge(Ready with { Deployment = With(Ready.Deployment!, "status", "updatedReplicas", 1) }));

    [Fact]
    public void The_nodePort_must_be_the_one_that_was_asked_for() =>
        AssertWaitsFor("to have nodePort 32180, it has 31000", Judge(Ready with
        {
            Service = Yaml.Read("spec: {type: NodePort, ports: [{port: 80, nodePort: 31000}]}"),
        }));

    [Fact]
    public void The_type_of_the_Service_must_be_the_one_that_was_asked_for() =>
        AssertWaitsFor("to be of type ClusterIP, it is of type NodePort", Judge(Ready, Tenant(type: ServiceType.ClusterIP)));

    [Fact]
    public void An_autoscaler_with_the_bounds_of_before_is_waited_for() =>
        AssertWaitsFor("HorizontalPodAutoscaler foo/istio-ingress-gateway to keep 2 to 5 replicas, it keeps 1 to 5", Judge(Ready with
        {
            Autoscaler = Yaml.Read("spec: {minReplicas: 1, maxReplicas: 5}"),
        }));

    [Fact]
    public void Endpoints_that_are_not_ready_do_not_count() =>
        AssertWaitsFor("1 of 2 endpoints ready", Judge(Ready with
        {
            EndpointSlices =
            [
                Yaml.Read("endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]"),
                Yaml.Read("endpoints: [{addresses: [10.0.0.2], conditions: {ready: false}}]"),
            ],
        }));

    [Fact]
    public void A_missing_autoscaler_is_waited_for() => AssertWaitsFor("HorizontalPodAutoscaler", Judge(Ready with { Autoscaler = null }));

    [Fact]
    public void An_autoscaler_without_its_metric_is_mentioned_and_no_failure() =>
        Assert.Contains("cannot scale (FailedGetResourceMetric)", Judge(Ready with
        {
            Autoscaler = Yaml.Read("""
                spec: {minReplicas: 2, maxReplicas: 5}
                status: {conditions: [{type: ScalingActive, status: 'False', reason: FailedGetResourceMetric}]}
                """),
        }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_load_balancer_must_have_an_address() =>
        AssertWaitsFor("load balancer", Judge(Ready, Tenant(type: ServiceType.LoadBalancer)));

    [Fact]
    public void Mode_injection_asks_no_operator() =>
        Assert.Equal(StepOutcome.Done, Judge(Ready with { Operator = null }, Tenant(GatewayMode.Injection)).Outcome);

    [Fact]
    public void Pods_that_were_not_injected_are_named_with_the_cause() =>
        AssertWaitsFor("pod gw-1 still has the image 'auto'", Judge(Ready with
        {
            Pods = [Yaml.Read("{metadata: {name: gw-1}, spec: {containers: [{image: auto}]}}")],
        }));

    [Fact]
    public void A_replica_set_that_cannot_create_pods_says_why() =>
        AssertWaitsFor("FailedCreate: admission webhook denied", Judge(Ready with
        {
            ReplicaSets =
            [
                Yaml.Read("""
                    status:
                      conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: admission webhook denied}]
                    """),
            ],
        }));

    [Fact]
    public void Pods_that_wait_for_one_reason_are_one_reason()
    {
        var pod = Yaml.Read("status: {containerStatuses: [{state: {waiting: {reason: ImagePullBackOff, message: no such image}}}]}");

        var report = Judge(Ready with { Deployment = null, Pods = [pod, pod.DeepClone().AsObject()] });

        Assert.Equal("Deployment foo/istio-ingress-gateway to be created; pods wait (ImagePullBackOff: no such image)", report.Message);
    }

    [Fact]
    public void Everything_that_is_missing_is_named() => AssertWaitsFor(
        "Deployment foo/gw to be created; Service foo/gw to be created; Service foo/gw: 0 of 2 endpoints ready; "
        + "HorizontalPodAutoscaler foo/gw to be created",
        Judge(new(), Tenant(GatewayMode.Injection)));

    private static JsonObject With(JsonObject obj, string part, string member, int value)
    {
        var changed = obj.DeepClone().AsObject();
        changed[part]![member] = value;
        return changed;
    }
}
