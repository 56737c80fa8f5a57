using Microsoft.Azure.Functions.Worker;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Triggers.Timers;

/// <summary>Keeps in the store where the schedules stand, so that an occurrence that the host slept through is known at its next start.</summary>
internal sealed class ScheduleMonitor(DurableEngine engine)
{
    public ScheduleStatus? Find(string function) => engine.Store.Reader.Schedule(function);

    public Task KeepAsync(string function, ScheduleStatus status) => engine.Store.RunAsync(new KeepSchedule(function, status));
}
