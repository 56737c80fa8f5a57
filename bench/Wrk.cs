using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.Bench;

/// <summary>What a run of wrk found; times are milliseconds.</summary>
internal sealed record Load(double PerSecond, double P50, double P99);

/// <summary>Runs wrk (Debian package <c>wrk</c>) with 32 connections from one thread.</summary>
internal static class Wrk
{
    private const int Connections = 32;

    /// <summary>Whether it is installed.</summary>
    public static bool IsThere()
    {
        try
        {
            using var wrk = Process.Start(new ProcessStartInfo("wrk", "--version") { RedirectStandardOutput = true, RedirectStandardError = true });
            wrk!.WaitForExit();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <param name="url">Where to send requests.</param>
    /// <param name="body">What to POST; null for GET.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="directory">Where its script may lie.</param>
    /// <exception cref="InvalidOperationException">Requests failed, so that the figures would mean nothing.</exception>
    public static async Task<Load> RunAsync(string url, string? body, TimeSpan duration, string directory)
    {
        var script = Path.Combine(directory, "wrk.lua");
        await File.WriteAllTextAsync(script, Script(body));
        var seconds = Math.Max(1, (int)duration.TotalSeconds);
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["-t", "1", "-c", $"{Connections}", "-d", $"{seconds}s", "-s", script, url])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        var figures = output.Split('\n').Single(line => line.StartsWith("figures ", StringComparison.Ordinal)).Split(' ')[1..];
        double[] values = [.. figures.Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
        return values[3] == 0
            ? new(values[0], values[1], values[2])
            : throw new InvalidOperationException($"wrk saw failed requests to {url}:\n{output}");
    }

    private static string Script(string? body) =>
        (body is null ? "" : $"wrk.method = 'POST'\nwrk.body = '{body}'\nwrk.headers['Content-Type'] = 'application/json'\n")
        + """
        done = function(summary, latency, requests)
          local e = summary.errors
          io.write(string.format("figures %f %f %f %d\n", summary.requests / summary.duration * 1e6,
            latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
        end
        """;
}
