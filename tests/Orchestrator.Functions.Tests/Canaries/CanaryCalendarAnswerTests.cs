using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Canaries;
using Orchestrator.Durable.Testing;
using Orchestrator.Functions.Calendars;
using Orchestrator.Functions.Canaries;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>How long a run relies on what the calendar said, with activities that answer as the test says.</summary>
public sealed class CanaryCalendarAnswerTests
{
    private const string Run = "canary.foo.hello.1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ClosedCalendar? closed;

    [Fact]
    public async Task An_answer_that_was_followed_by_a_pause_is_asked_for_again_before_the_increase()
    {
        await using var host = await StartAsync();
        var spec = new CanarySpec { Tenant = "foo", Service = "hello", Candidate = new("v2"), Steps = [new SetWeightStep(10)] };
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(CanaryOrchestrator), new CanaryStart("1", "default", spec, DateTime.UtcNow, HeedsCalendar: true), new StartOrchestrationOptions(Run));

        await asked.Task.WaitAsync(Limit);
        await SayAsync(host, Verb.Pause);
        answered.SetResult();
        await UntilAsync(host, view => view.Phase == CanaryPhase.Paused);
        closed = new("a freeze that was known long ago", null);
        await SayAsync(host, Verb.Resume);

        var waiting = await UntilAsync(host, view => view.Phase != CanaryPhase.Paused && view.WaitingFor is not null);
        Assert.Equal(("the calendar to open: a freeze that was known long ago", 0), (waiting.WaitingFor!.What, waiting.Weights.Canary));

        await SayAsync(host, Verb.Abort);
        await host.Client.WaitForInstanceCompletionAsync(Run).WaitAsync(Limit);
        OrchestrationReplay.Check(host, Run);
    }

    private Task<DurableTaskTestHost> StartAsync() => DurableTaskTestHost.StartAsync(registry =>
    {
        registry.AddOrchestratorFunc<CanaryStart, CanaryRecord?>(nameof(CanaryOrchestrator), CanaryOrchestrator.RunAsync);
        registry.AddActivityFunc<CanaryStart, Capture>(nameof(CaptureBaseline), (_, _) => new Capture(new(new("foo", "hello", "v1", false, null, null), null), null));
        registry.AddActivityFunc<CanaryStart, StepReport>(nameof(AwaitCandidate), (_, _) => StepReport.Done("Ready"));
        registry.AddActivityFunc<SplitOnCluster, StepReport>(nameof(AddSubset), (_, _) => StepReport.Done("Created"));
        registry.AddActivityFunc<CalendarQuestion, ClosedCalendar?>(nameof(FindClosedCalendar), async (_, _) =>
        {
            var answer = closed;
            asked.TrySetResult();
            await answered.Task;
            return answer;
        });
        registry.AddActivityFunc<object, StepReport>(nameof(ShiftTraffic), (_, _) => StepReport.Done("Updated"));
        registry.AddActivityFunc<TrafficOnCluster, RestoreReport>(nameof(RestoreRoutes), (_, _) => new RestoreReport(StepOutcome.Done, "Unchanged", null));
        registry.AddActivityFunc<TrafficOnCluster, RestoreReport>(nameof(RestoreSubsets), (_, _) => new RestoreReport(StepOutcome.Done, "Unchanged", null));
        registry.AddActivityFunc<CandidateToRemove, StepReport>(nameof(RemoveCandidate), (_, _) => StepReport.Done("Unchanged"));
    });

    private static Task SayAsync(DurableTaskTestHost host, Verb verb) =>
        host.Client.RaiseEventAsync(Run, CanaryDecision.EventName, new CanaryDecision(verb, "ann", null, DateTime.UtcNow));

    private static Task<CanaryView> UntilAsync(DurableTaskTestHost host, Func<CanaryView, bool> condition) => Eventually.GetAsync(
        async () => (await host.Client.GetInstanceAsync(Run, getInputsAndOutputs: true))?.SerializedCustomStatus is { } status
            && JsonSerializer.Deserialize<CanaryView>(status) is { } view && condition(view) ? view : null,
        Limit,
        "the run");
}
