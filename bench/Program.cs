using System.Diagnostics;
using System.Globalization;
using Orchestrator.Bench;
using Spectre.Console;

const int Orchestrations = 10_000;
const int InFlight = 1_000;
const int TurnsPerCommit = 200;
const int Samples = 1_000;
const int Waiting = 10_000;

var directory = Directory.CreateTempSubdirectory("orchestrator-bench-");
try
{
    double throughput, fanOut, memory, restart;
    IReadOnlyList<double> steps, events;
    await using (var engine = await EngineBench.StartAsync(Path.Combine(directory.FullName, "engine.db")))
    {
        await engine.ThroughputAsync(Orchestrations / 10, InFlight);
        throughput = await engine.ThroughputAsync(Orchestrations, InFlight);
        await engine.StepsAsync(Samples / 10);
        steps = await engine.StepsAsync(Samples);
        events = await engine.EventsAsync(Samples / 5);
        fanOut = await engine.FanOutAsync(Waiting);
    }

    var waitingStore = Path.Combine(directory.FullName, "waiting.db");
    await using (var engine = await EngineBench.StartAsync(waitingStore))
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await engine.StartWaitingAsync(Waiting);
        memory = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / Waiting;
    }

    var clock = Stopwatch.StartNew();
    await using (await EngineBench.StartAsync(waitingStore))
        restart = clock.Elapsed.TotalSeconds;

    var ceiling = SqliteCeiling.OrchestrationsPerSecond(Path.Combine(directory.FullName, "ceiling.db"), Orchestrations, TurnsPerCommit);

    var table = new Table().AddColumns("measure", "value", "aim");
    Row("orchestrations/s (5 activities in sequence, 1,000 in flight)", throughput, "≥ 500");
    Row("activities/s", throughput * EngineBench.ActivitiesPerOrchestration, "≥ 2,500");
    Row("bare SQLite doing the same rows, orchestrations/s", ceiling, "the ceiling");
    Row("engine / ceiling, %", 100 * throughput / ceiling, "");
    Row("lone instance, step p50, ms", Percentile(steps, 50), "≤ 3");
    Row("lone instance, step p99, ms", Percentile(steps, 99), "≤ 15");
    Row("event to resumed code p99, ms", Percentile(events, 99), "≤ 20");
    Row("10,000-way fan-out, activities/s", fanOut, "");
    Row("memory of a waiting instance, KB", memory, "≤ 20");
    Row("restart with 10,000 waiting instances, s", restart, "≤ 5");
    AnsiConsole.MarkupLine($"{Environment.ProcessorCount} processors, SQLite WAL, synchronous=FULL, {Markup.Escape(directory.FullName)}");
    AnsiConsole.Write(table);

    void Row(string measure, double value, string aim) =>
        table.AddRow(measure, value.ToString(value < 100 ? "0.00" : "N0", CultureInfo.InvariantCulture), aim);
}
finally
{
    directory.Delete(recursive: true);
}

static double Percentile(IEnumerable<double> values, int percent)
{
    double[] sorted = [.. values.Order()];
    return sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
}
