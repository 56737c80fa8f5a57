using System.Globalization;
using Orchestrator.Durable.Engine.Triggers.Queues;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>What the embedded host takes from <c>host.json</c>; both hosts read the same file.</summary>
public sealed record HostJson
{
    /// <summary>What stands before the route of every HTTP function, without slashes around it; default <c>api</c>, may be empty.</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>How many requests are held at once, waiting ones included; further ones are answered with 429. Default <c>-1</c>: no limit.</summary>
    public int MaxOutstandingRequests { get; init; } = -1;

    /// <summary>How many requests are worked on at once; further ones wait. Default <c>-1</c>: no limit.</summary>
    public int MaxConcurrentRequests { get; init; } = -1;

    /// <summary>After what time the token of an invocation is cancelled; default 30 minutes, as in a dedicated plan; <c>-1</c>: never.</summary>
    public TimeSpan FunctionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The settings of queue functions.</summary>
    public QueueSettings Queues { get; init; } = new();

    /// <summary>The settings of the durable engine.</summary>
    public DurableTaskSettings DurableTask { get; init; } = new();

    /// <summary>Settings of extensions that the embedded host accepts and does not use, such as those of a storage provider.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its settings, with defaults for what it does not say.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not JSON, or a setting is out of its range; the message names it.</exception>
    public static HostJson Load(string path)
    {
        var file = new HostJsonReader(path);
        if (file.Text("version") is not "2.0")
        {
            throw file.Invalid("version", file.Text("version"), "\"2.0\", the version of the file's format");
        }

        var defaults = new HostJson();
        var host = new HostJson
        {
            RoutePrefix = (file.Text("extensions:http:routePrefix") ?? defaults.RoutePrefix).Trim('/'),
            MaxOutstandingRequests = file.Count("extensions:http:maxOutstandingRequests", least: -1) ?? defaults.MaxOutstandingRequests,
            MaxConcurrentRequests = file.Count("extensions:http:maxConcurrentRequests", least: -1) ?? defaults.MaxConcurrentRequests,
            FunctionTimeout = ReadTimeout(file) ?? defaults.FunctionTimeout,
            Queues = QueueSettings.Read(file),
            DurableTask = DurableTaskSettings.Read(file),
        };
        return host with { Ignored = file.LeftOver };
    }

    private static TimeSpan? ReadTimeout(HostJsonReader file) => file.Text("functionTimeout") switch
    {
        null => null,
        "-1" => Timeout.InfiniteTimeSpan,
        var text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var timeout) && timeout > TimeSpan.Zero => timeout,
        var text => throw file.Invalid("functionTimeout", text, "a time such as \"00:10:00\", or \"-1\" for none"),
    };
}
