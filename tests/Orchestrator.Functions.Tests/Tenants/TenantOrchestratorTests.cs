using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Orchestrator.Activities;
using Orchestrator.Activities.Tenants;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;
using Orchestrator.Durable.Testing;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>The story of a run with activities that answer as the test says.</summary>
public sealed class TenantOrchestratorTests
{
    private static readonly TenantSpec Foo = new()
    {
        Tenant = "foo",
        Gateway = new() { Service = new(ServiceType.NodePort, [new("http2", 80, 8080, 32180)]) },
        Services = [new("hello", 8080, "/foo/", "v0-0-1")],
        Readiness = new(TimeSpan.FromSeconds(20)),
    };

    private static readonly string[] Writes =
    [
        nameof(VerifyTenant), nameof(EnsureNamespace), nameof(LabelNamespace), nameof(ApplyPolicies), nameof(ApplyGateway), nameof(ApplySubsets),
        nameof(ApplyRoutes), nameof(RetireRoutes), nameof(RetirePolicies), nameof(DeleteRoutes), nameof(DeleteGateway), nameof(DeleteNamespace),
    ];

    private readonly ConcurrentQueue<string> calls = new();
    private readonly ConcurrentQueue<bool> insisted = new();
    private readonly Dictionary<string, Func<StepReport>> answers = [];

    private void When(string activity, Func<StepReport> answer) => answers[activity] = answer;

    private async Task<TenantStatus> RunAsync(TenantStart start, string orchestrator = nameof(TenantOrchestrator))
    {
        await using var host = await DurableTaskTestHost.StartAsync(registry =>
        {
            registry.AddOrchestratorFunc<TenantStart, TenantStatus>(nameof(TenantOrchestrator), TenantOrchestrator.RunAsync);
            registry.AddOrchestratorFunc<TenantStart, TenantStatus>(nameof(TenantOffboardingOrchestrator), TenantOffboardingOrchestrator.RunAsync);
            foreach (var name in Writes)
            {
                registry.AddActivityFunc<TenantRun, StepReport>(name, (_, _) => Answer(name));
            }

            registry.AddActivityFunc<TenantLook, StepReport>(nameof(AwaitRootCertificate), (_, _) => Answer(nameof(AwaitRootCertificate)));
            registry.AddActivityFunc<TenantLook, StepReport>(nameof(AwaitGateway), (_, _) => Answer(nameof(AwaitGateway)));
            registry.AddActivityFunc<RouteLook, StepReport>(nameof(AwaitRoutes), (_, look) =>
            {
                insisted.Enqueue(look.Insists);
                return Answer(nameof(AwaitRoutes));
            });
            registry.AddActivityFunc<TenantRun, IReadOnlyList<RestartMark>>(nameof(FindWorkloads), (_, _) => [new("hello", null), new("echo", "v1")]);
            registry.AddActivityFunc<WorkloadRestart, StepReport>(nameof(RestartWorkloads), (_, restart) =>
                Answer($"Restart {restart.Revision} {string.Join(' ', restart.Marks.Select(mark => $"{mark.Deployment}={mark.Value}"))}"));
            registry.AddActivityFunc<TenantPartRun, IReadOnlyList<CapturedObject>>(nameof(CaptureTenant), (_, part) =>
            {
                calls.Enqueue($"Capture {part.Part}");
                return [new(ResourceType.ConfigMap, "foo", part.Part.ToString(), null)];
            });
            registry.AddActivityFunc<Restoration, StepReport>(
                nameof(RestoreObjects), (_, restoration) => Answer($"Restore {restoration.Before[0].Name}"));
            registry.AddActivityFunc<TenantSpec, GatewayView>(nameof(DescribeGateway), (_, _) => new(GatewayMode.Injection, ["10.0.0.1"], []));
        });
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            orchestrator, start, new StartOrchestrationOptions { InstanceId = "tenant.foo" });
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var end = await host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, deadline.Token);
        Assert.True(end.RuntimeStatus is OrchestrationRuntimeStatus.Completed, end.FailureDetails?.ToString());
        OrchestrationReplay.Check(host, id);
        return end.ReadOutputAs<TenantStatus>()!;
    }

    private StepReport Answer(string name)
    {
        calls.Enqueue(name);
        return answers.GetValueOrDefault(name, () => StepReport.Done("Created"))();
    }

    [Fact]
    public async Task What_stands_is_captured_before_the_first_write_of_each_part()
    {
        var status = await RunAsync(new(TenantIntent.Onboard, Foo));

        Assert.Equal(TenantPhase.Ready, status.Phase);
        Assert.Equal(
            [
                nameof(VerifyTenant),
                "Capture Namespace", nameof(EnsureNamespace),
                "Capture Namespace", nameof(LabelNamespace),
                "Capture Policies", nameof(ApplyPolicies),
                nameof(AwaitRootCertificate),
                "Capture Gateway", nameof(ApplyGateway),
                nameof(AwaitGateway),
                "Capture Subsets", nameof(ApplySubsets),
                "Capture Routes", nameof(ApplyRoutes),
                nameof(AwaitRoutes),
            ],
            calls);
    }

    [Fact]
    public async Task A_refusal_ends_the_run_and_undoes_its_own_step_too_last_first()
    {
        When(nameof(ApplyGateway), () => StepReport.Refused("nodePort 32180: provided port is already allocated"));

        var status = await RunAsync(new(TenantIntent.Onboard, Foo));

        Assert.Equal((TenantPhase.RolledBack, "nodePort 32180: provided port is already allocated"), (status.Phase, status.Reason));
        Assert.Equal(
            [nameof(ApplyGateway), "Restore Gateway", "Restore Policies", "Restore Namespace", "Restore Namespace"],
            calls.SkipWhile(call => call != nameof(ApplyGateway)));
        Assert.Equal(StepStatus.Failed, status.Steps.Single(step => step.Name == TenantPlan.Gateway).Status);
    }

    [Fact]
    public async Task An_undo_that_fails_is_reported_with_the_command_and_the_others_still_run()
    {
        When(nameof(AwaitGateway), () => StepReport.Refused("no image"));
        When("Restore Gateway", () => StepReport.Refused("deployments is forbidden"));

        var status = await RunAsync(new(TenantIntent.Onboard, Foo));

        Assert.Equal((TenantPhase.Failed, "no image"), (status.Phase, status.Reason));
        var gateway = status.Steps.Single(step => step.Name == TenantPlan.Gateway);
        Assert.Equal(StepStatus.UndoFailed, gateway.Status);
        Assert.Contains("deployments is forbidden Finish by hand: kubectl delete", gateway.Message, StringComparison.Ordinal);
        Assert.Equal(StepStatus.Undone, status.Steps.Single(step => step.Name == TenantPlan.Namespace).Status);
    }

    [Fact]
    public async Task A_call_that_fails_is_repeated_as_long_as_there_is_time()
    {
        var failures = 0;
        When(nameof(EnsureNamespace), () => ++failures <= 4 ? throw new HttpRequestException("connection refused") : StepReport.Done("Created"));

        var status = await RunAsync(new(TenantIntent.Onboard, Foo));

        Assert.Equal(TenantPhase.Ready, status.Phase);
        Assert.Equal(5, calls.Count(call => call == nameof(EnsureNamespace)));
    }

    [Fact]
    public async Task An_undo_waits_until_what_it_deletes_is_gone()
    {
        var looks = 0;
        When(nameof(ApplyRoutes), () => StepReport.Refused("no"));
        When("Restore Gateway", () => ++looks < 3 ? StepReport.Waiting("IstioOperator to be gone") : StepReport.Done("Undone", "gone"));

        var status = await RunAsync(new(TenantIntent.Onboard, Foo));

        Assert.Equal((TenantPhase.RolledBack, 3), (status.Phase, looks));
    }

    [Fact]
    public async Task Routes_that_the_gateway_never_learns_are_taken_back_before_their_subsets()
    {
        When(nameof(AwaitRoutes), () => StepReport.Waiting("the gateway to learn its routes: Pod foo/gw-1 at /foo/ (404, no route)"));

        var status = await RunAsync(new(TenantIntent.Onboard, Foo));

        Assert.Equal(TenantPhase.RolledBack, status.Phase);
        Assert.Contains("Pod foo/gw-1 at /foo/ (404, no route)", status.Reason, StringComparison.Ordinal);
        Assert.Equal(["Restore Routes", "Restore Subsets", "Restore Gateway"], calls.SkipWhile(call => call != "Restore Routes").Take(3));
    }

    [Fact]
    public async Task A_gateway_that_is_not_reached_is_waited_for_and_then_no_longer()
    {
        When(nameof(AwaitRoutes), () => insisted.Last() ? StepReport.Waiting("proof") : StepReport.Done("Unproven", "could not be asked"));

        var status = await RunAsync(new(TenantIntent.Onboard, Foo with { Readiness = new(TimeSpan.FromMinutes(2)) }));

        Assert.Equal(TenantPhase.Ready, status.Phase);
        var proof = status.Steps.Single(step => step.Name == TenantPlan.RoutesReady);
        Assert.Equal(("Unproven", "could not be asked"), (proof.Result, proof.Message));
        Assert.True(insisted.Count > 2);
        Assert.Equal(insisted.Count - 1, insisted.Count(insists => insists));
    }

    [Fact]
    public async Task An_update_retires_routes_last()
    {
        var status = await RunAsync(new(TenantIntent.Onboard, Foo with { Services = [] }, Foo));

        Assert.Equal(TenantPhase.Ready, status.Phase);
        Assert.Equal(["Capture RetiredRoutes", nameof(RetireRoutes)], calls.TakeLast(2));
    }

    [Fact]
    public async Task A_move_to_another_revision_restarts_products_when_the_gateway_serves_and_its_undo_when_the_label_is_the_old_one()
    {
        When(nameof(AwaitRoutes), () => StepReport.Refused("Pod foo/gw-1 at /foo/ (503)"));

        var status = await RunAsync(new(TenantIntent.Onboard, Foo with { Mesh = new("v2") }, Foo));

        Assert.Equal((TenantPhase.RolledBack, "Pod foo/gw-1 at /foo/ (503)"), (status.Phase, status.Reason));
        Assert.Equal([nameof(AwaitGateway), "Restart v2 hello=v2 echo="], calls.SkipWhile(call => call != nameof(AwaitGateway)).Take(2));
        Assert.Equal(
            ["Restore Gateway", "Restore Policies", "Restore Namespace", "Restart default hello= echo=v1", "Restore Namespace"],
            calls.SkipWhile(call => call != "Restore Gateway"));
    }

    [Fact]
    public async Task An_update_takes_policies_away_when_everything_else_serves_and_puts_them_back_when_that_fails()
    {
        When(nameof(RetirePolicies), () => StepReport.Refused("networkpolicies is forbidden"));

        var status = await RunAsync(new(TenantIntent.Onboard, Foo with { Services = [], Policies = new() { NetworkPolicy = false } }, Foo));

        Assert.Equal((TenantPhase.RolledBack, "networkpolicies is forbidden"), (status.Phase, status.Reason));
        Assert.Equal(
            [
                "Capture RetiredRoutes", nameof(RetireRoutes), "Capture RetiredPolicies", nameof(RetirePolicies),
                "Restore RetiredPolicies", "Restore RetiredRoutes",
            ],
            calls.SkipWhile(call => call != "Capture RetiredRoutes").Take(6));
    }

    [Fact]
    public async Task An_offboarding_that_is_refused_goes_no_further_and_can_be_repeated()
    {
        When(nameof(DeleteGateway), () => StepReport.Refused("istiooperators is forbidden"));

        var status = await RunAsync(new(TenantIntent.Offboard, Foo), nameof(TenantOffboardingOrchestrator));

        Assert.Equal((TenantPhase.Failed, "istiooperators is forbidden"), (status.Phase, status.Reason));
        Assert.Equal([nameof(DeleteRoutes), nameof(DeleteGateway)], calls);
    }
}
