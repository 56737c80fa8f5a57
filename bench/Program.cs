using System.Diagnostics;
using System.Globalization;
using Orchestrator.Bench;
using Spectre.Console;

const int Runs = 5;
const int Orchestrations = 10_000;
const int InFlight = 1_000;
const int TurnsPerCommit = 200;
const int Steps = 1_000;
const int Events = 200;
const int FanOuts = 100;
const int FanOutWidth = 100;
const int Waiting = 10_000;
int[] histories = [10, 100, 1_000, 10_000];

// These take minutes: `-- tenants [N]` onboards as many at once, `-- canaries [N]` runs as many at once, `-- reaction [N]` takes as many bad candidates
// back, by the mesh's own metrics and by those of a real Prometheus.
if (args is ["tenants" or "canaries" or "reaction", ..])
{
    await MeasureOnMeshAsync(args[0], args is [_, var count] ? int.Parse(count, CultureInfo.InvariantCulture) : null);
    return;
}

// `-- http` or `-- engine` measures that alone.
var (measuresEngine, measuresHttp) = (args is not ["http"], args is not ["engine"]);
if (measuresHttp && !Wrk.IsThere())
{
    AnsiConsole.MarkupLine("[yellow]HTTP is left out: it needs wrk. Install it (apt-get install wrk) and run again.[/]");
    measuresHttp = false;
}

var directory = Directory.CreateTempSubdirectory("orchestrator-bench-");
var measures = new Measures();
try
{
    for (var run = 1; run <= Runs; run++)
    {
        AnsiConsole.MarkupLine($"run {run} of {Runs} …");
        if (measuresEngine)
            await MeasureEngineAsync();
        if (measuresHttp)
        {
            await using var http = await HttpBench.StartAsync(directory.FullName);
            await http.MeasureAsync(measures, TimeSpan.FromSeconds(5));
        }

        foreach (var file in directory.EnumerateFiles())
            file.Delete();
    }

    AnsiConsole.MarkupLine($"{Environment.ProcessorCount} processors, SQLite WAL, synchronous=FULL, {Markup.Escape(directory.FullName)}");
    AnsiConsole.Write(measures.ToTable());
}
finally
{
    directory.Delete(recursive: true);
}

async Task MeasureOnMeshAsync(string what, int? count)
{
    var figures = new Measures();
    foreach (var scraped in what == "reaction" ? [false, true] : new[] { false })
    {
        var folder = Directory.CreateTempSubdirectory("orchestrator-bench-");
        try
        {
            await using var mesh = await RunningMesh.StartAsync(folder.FullName, scraped);
            await (what switch
            {
                "tenants" => new TenantsBench(mesh).MeasureAsync(figures, count ?? 500),
                "canaries" => new CanariesBench(mesh).MeasureAsync(figures, count ?? 1_000),
                _ => new ReactionBench(mesh).MeasureAsync(figures, scraped ? "real Prometheus, scraping every second" : "the mesh's own metrics", count ?? 100),
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    AnsiConsole.MarkupLine($"{Environment.ProcessorCount} processors, simulated cluster");
    AnsiConsole.Write(figures.ToTable());
}

async Task MeasureEngineAsync()
{
    await using (var engine = await EngineBench.StartAsync(Store("engine")))
    {
        await engine.ThroughputAsync(Orchestrations / 10, InFlight);
        var throughput = await engine.ThroughputAsync(Orchestrations, InFlight);
        var ceiling = SqliteCeiling.OrchestrationsPerSecond(Store("ceiling"), Orchestrations, TurnsPerCommit);
        measures.Add("orchestrations/s (5 activities in sequence, 1,000 in flight)", throughput, "≥ 500");
        measures.Add("activities/s", throughput * EngineBench.ActivitiesPerOrchestration, "≥ 2,500");
        measures.Add("bare SQLite doing the same rows, orchestrations/s", ceiling, "the ceiling");
        measures.Add("engine / ceiling, %", 100 * throughput / ceiling, "");
        measures.Add("activities/s (100 orchestrations, 100-way fan-out)", await engine.FanOutAsync(FanOuts, FanOutWidth), "");
        await engine.StepsAsync(Steps / 10);
        var steps = await engine.StepsAsync(Steps);
        measures.Add("lone instance, step p50, ms", Measures.Percentile(steps, 50), "≤ 3");
        measures.Add("lone instance, step p99, ms", Measures.Percentile(steps, 99), "≤ 15");
        measures.Add("event to resumed code p99, ms", Measures.Percentile(await engine.EventsAsync(Events), 99), "≤ 20");
    }

    var waiting = Store("waiting");
    await using (var engine = await EngineBench.StartAsync(waiting))
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await engine.StartWaitingAsync(Waiting);
        measures.Add("memory of a waiting instance, KB", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / Waiting, "≤ 20");
        measures.Add("bytes written while 10,000 wait for 3 s", await IdleWrites.MeasureAsync(TimeSpan.FromSeconds(3)), "0");
    }

    var clock = Stopwatch.StartNew();
    await using (await EngineBench.StartAsync(waiting))
        measures.Add("restart with 10,000 in flight, s", clock.Elapsed.TotalSeconds, "≤ 5");

    foreach (var events in histories)
        measures.Add($"replay of {events:N0} events, µs per event", ReplayBench.MicrosecondsPerEvent(events), "linear");
}

string Store(string name) => Path.Combine(directory.FullName, name + ".db");

/// <summary>The results of all runs, by measure.</summary>
internal sealed class Measures
{
    private readonly List<(string Name, string Aim)> order = [];
    private readonly Dictionary<string, List<double>> values = [];

    public void Add(string name, double value, string aim)
    {
        if (!values.TryGetValue(name, out var all))
        {
            order.Add((name, aim));
            values.Add(name, all = []);
        }

        all.Add(value);
    }

    /// <summary>Adds the median and the 99th percentile of a measure in milliseconds.</summary>
    public void AddPercentiles(string name, IReadOnlyList<double> milliseconds, string aim)
    {
        Add($"{name}, p50, ms", Percentile(milliseconds, 50), "");
        Add($"{name}, p99, ms", Percentile(milliseconds, 99), aim);
    }

    public static double Percentile(IEnumerable<double> values, int percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
    }

    public Table ToTable()
    {
        var table = new Table().AddColumns("measure", "median", "least", "most", "aim");
        foreach (var (name, aim) in order)
        {
            double[] sorted = [.. values[name].Order()];
            table.AddRow(name, Text(sorted[sorted.Length / 2]), Text(sorted[0]), Text(sorted[^1]), aim);
        }

        return table;
    }

    private static string Text(double value) => value.ToString(value is 0 or >= 100 ? "N0" : "0.00", CultureInfo.InvariantCulture);
}
