using System.Text.Json;

namespace Orchestrator.Simulator.Api;

/// <summary>The ports a cluster listens on, kept so that a restart serves the same URLs.</summary>
internal sealed record ServerPorts(int Api, int Metrics)
{
    /// <summary>What the options ask for; where they leave it open, what was used before; else 0, any free one.</summary>
    public static ServerPorts For(SimulatorOptions options)
    {
        var file = FileIn(options.DataDirectory);
        var before = File.Exists(file) ? JsonSerializer.Deserialize<ServerPorts>(File.ReadAllText(file)) : null;
        return new(options.ApiPort != 0 ? options.ApiPort : before?.Api ?? 0, options.MetricsPort != 0 ? options.MetricsPort : before?.Metrics ?? 0);
    }

    public void Keep(string directory) => PrivateFile.Write(FileIn(directory), JsonSerializer.Serialize(this));

    private static string FileIn(string directory) => Path.Combine(directory, "ports.json");
}
