using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>Store files as earlier versions of the program wrote them.</summary>
internal static class OlderStores
{
    /// <summary>The tasks that <see cref="Create"/>'s instance goes on with.</summary>
    public static void Register(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<string, string>(
        "Greet", async (context, name) => $"{name} {await context.WaitForExternalEvent<string>("E")}");

    /// <summary>Makes a file of a version of the schema, with an instance <c>old</c> in its first wait.</summary>
    public static void Create(string path, int version)
    {
        using var connection = new StoreDatabase(path, pooling: false).OpenWriter();
        Migrations.Apply(connection, [.. Migrations.Scripts.Take(version)]);
        var now = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        connection.Execute(
            $"""
            INSERT INTO instances (key, id, execution, name, version, status, created, updated, next_sequence)
            VALUES (7, 'old', 'run1', 'Greet', '', 0, {now.Ticks}, {now.Ticks}, 3)
            """);
        HistoryEvent[] history =
        [
            new OrchestratorStarted { Timestamp = now },
            new ExecutionStarted("Greet", "run1") { Timestamp = now, Input = "\"Ada\"" },
            new OrchestratorCompleted { Timestamp = now },
        ];
        using var insert = new Statement(connection, "INSERT INTO history VALUES (7, $0, $1, $2)", 3);
        for (var i = 0; i < history.Length; i++)
        {
            var row = EncodedRow.From(history[i], 7, i);
            insert.Run(i, row.Data, (long)row.Crc);
        }
    }
}
