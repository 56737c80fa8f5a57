using Microsoft.Data.Sqlite;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>A connection of one reader at a time. Its commands stay prepared: parsing a statement costs more than finding one row by it.</summary>
/// <param name="connection">The connection.</param>
/// <param name="keepsCommands">Whether they do.</param>
internal sealed class StoreConnection(SqliteConnection connection, bool keepsCommands) : IDisposable
{
    // Listings with filters have statements of their own: those must not add up.
    private const int MostCommands = 32;

    private readonly Dictionary<string, SqliteCommand> commands = [];

    /// <summary>All rows of a query whose parameters are <c>$0</c>, <c>$1</c> and so on.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, object[] values)
    {
        if (commands.TryGetValue(sql, out var kept))
            return Run(kept, read, values);
        var command = connection.CreateCommand();
        command.CommandText = sql;
        if (keepsCommands && commands.Count < MostCommands)
        {
            commands.Add(sql, command);
            return Run(command, read, values);
        }

        using (command)
            return Run(command, read, values);
    }

    /// <summary>Executes a statement without parameters.</summary>
    public void Execute(string sql) => connection.Execute(sql);

    public void Dispose() => connection.Dispose();

    private static List<T> Run<T>(SqliteCommand command, Func<SqliteDataReader, T> read, object[] values)
    {
        command.Parameters.Clear();
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue("$" + i, values[i]);
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }
}
