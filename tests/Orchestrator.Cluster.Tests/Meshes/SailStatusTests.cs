using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Domain;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Meshes;

public sealed class SailStatusTests
{
    private const string Healthy = "status: {observedGeneration: 2, state: Healthy, conditions: [{type: Reconciled, status: 'True'}, {type: Ready, status: 'True'}]}";

    [Theory]
    [InlineData(Healthy, null)]
    [InlineData("spec: {}", "the Sail operator to take up Istio default (is it running?)")]
    [InlineData("status: {observedGeneration: 1, state: Healthy}", "the Sail operator to see what has changed of Istio default")]
    [InlineData(
        "status: {observedGeneration: 2, conditions: [{type: Reconciled, status: 'False', reason: ReconcileError, message: no namespace}]}",
        "Istio default to be Reconciled (ReconcileError: no namespace)")]
    [InlineData("status: {observedGeneration: 2, conditions: [{type: Reconciled, status: 'True'}]}", "Istio default to be Ready")]
    [InlineData(
        "status: {observedGeneration: 2, state: IstiodNotReady, conditions: [{type: Reconciled, status: 'True'}, {type: Ready, status: 'True'}]}",
        "Istio default is IstiodNotReady, to be Healthy")]
    public void Only_what_Sail_says_of_the_newest_generation_counts(string body, string? missing)
    {
        var report = SailStatus.Judge("Istio default", Yaml.Read($"metadata: {{name: default, generation: 2}}\n{body}"));

        Assert.Equal((missing is null ? StepOutcome.Done : StepOutcome.Waiting, missing), (report.Outcome, report.Message));
    }

    [Fact]
    public void A_resource_that_is_not_there_is_waited_for() => Assert.Equal("Istio default to be created", SailStatus.Judge("Istio default", null).Message);
}
