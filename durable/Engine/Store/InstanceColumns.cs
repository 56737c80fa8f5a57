using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>Reads a row of <c>instances</c>.</summary>
internal static class InstanceColumns
{
    public const string List =
        "key, id, execution, name, version, status, created, updated, next_sequence, parent, tags, custom_status, output, failure, quarantine, " +
        "parent_run, parent_task";

    public static InstanceRow Read(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), (OrchestrationRuntimeStatus)row.GetInt32(5))
        {
            Created = Time(row.GetInt64(6)),
            Updated = Time(row.GetInt64(7)),
            NextSequence = row.GetInt32(8),
            ParentId = Text(row, 9),
            ParentExecutionId = Text(row, 15),
            ParentTaskId = row.IsDBNull(16) ? null : row.GetInt32(16),
            Tags = Text(row, 10),
            CustomStatus = Text(row, 11),
            Output = Text(row, 12),
            Failure = Text(row, 13),
            Quarantine = Text(row, 14),
        };

    public static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
