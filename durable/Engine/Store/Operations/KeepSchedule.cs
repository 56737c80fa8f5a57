using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>Writes down where the schedule of a timer function stands.</summary>
internal sealed class KeepSchedule(string function, ScheduleStatus status) : StoreOperation<string>
{
    protected override string Write(StoreTables tables)
    {
        tables.KeepSchedule(function, status);
        return function;
    }
}
