using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.TestKit;

namespace Orchestrator.Activities.Tests.Meshes;

/// <summary>What a dry run of a pod tells of an injector.</summary>
public sealed class InjectionProbeTests(MeshedCluster meshed) : IClassFixture<MeshedCluster>
{
    private Task NamespaceAsync(string name, string labels) =>
        meshed.Resources.CreateAsync(ResourceType.Namespace, Yaml.Read($"metadata: {{name: {name}, labels: {labels}}}"), default);

    [Theory]
    [InlineData("injected", "{istio-injection: enabled}", StepOutcome.Done)]
    [InlineData("left-out", "{istio-injection: disabled}", StepOutcome.Waiting)]
    [InlineData("other-revision", "{istio.io/rev: blue}", StepOutcome.Waiting)]
    public async Task A_pod_is_tried_and_none_is_made(string ns, string labels, StepOutcome expected)
    {
        await NamespaceAsync(ns, labels);

        var report = await InjectionProbe.AskAsync(meshed.Resources, ns, null, default);

        Assert.Equal(expected, report.Outcome);
        Assert.Empty(await meshed.Resources.ListAsync(ResourceType.Pod, ns, null, default));
    }

    [Fact]
    public async Task An_injector_that_does_not_answer_is_waited_for_in_the_words_of_the_API_server()
    {
        await NamespaceAsync("stopped", "{stopped: 'yes'}");
        await meshed.Resources.CreateAsync(
            ResourceType.MutatingWebhookConfiguration,
            Yaml.Read("""
                metadata: {name: stopped}
                webhooks:
                - name: stopped.istio.io
                  sideEffects: None
                  admissionReviewVersions: [v1]
                  failurePolicy: Fail
                  clientConfig: {service: {name: gone, namespace: istio-system, path: /inject}}
                  rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
                  namespaceSelector: {matchLabels: {stopped: "yes"}}
                """),
            default);

        var report = await InjectionProbe.AskAsync(meshed.Resources, "stopped", null, default);

        Assert.Equal(StepOutcome.Waiting, report.Outcome);
        Assert.Contains("service \"gone\" not found", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_asked_is_no_failure()
    {
        await NamespaceAsync("side-effects", "{asked: 'no'}");
        await meshed.Resources.CreateAsync(
            ResourceType.MutatingWebhookConfiguration,
            Yaml.Read("""
                metadata: {name: side-effects}
                webhooks:
                - name: side.effects.io
                  sideEffects: Some
                  admissionReviewVersions: [v1]
                  clientConfig: {service: {name: istiod, namespace: istio-system}}
                  rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
                  namespaceSelector: {matchLabels: {asked: "no"}}
                """),
            default);

        var report = await InjectionProbe.AskAsync(meshed.Resources, "side-effects", null, default);

        Assert.Equal("Unproven", report.Result);
        Assert.Contains("does not support dry run", report.Message, StringComparison.Ordinal);
    }
}
