using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Orchestrator.Durable.Engine.Triggers.Queues;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>What the embedded host takes from <c>host.json</c>; both hosts read the same file.</summary>
public sealed record HostJson
{
    private const string Http = "extensions:http:routePrefix";
    private const string Hub = "extensions:durableTask:hubName";
    private const string Activities = "extensions:durableTask:maxConcurrentActivityFunctions";
    private const string Orchestrators = "extensions:durableTask:maxConcurrentOrchestratorFunctions";

    private const string Version = "extensions:durableTask:defaultVersion";
    private const string Match = "extensions:durableTask:versionMatchStrategy";
    private const string Mismatch = "extensions:durableTask:versionFailureStrategy";

    private static readonly HashSet<string> Known = new(
        [Http, Hub, Activities, Orchestrators, Version, Match, Mismatch], StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, VersionMatch> Matches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["None"] = VersionMatch.Any,
        ["Strict"] = VersionMatch.Same,
        ["CurrentOrOlder"] = VersionMatch.SameOrOlder,
    };

    private static readonly Dictionary<string, bool> Mismatches = new(StringComparer.OrdinalIgnoreCase) { ["Reject"] = false, ["Fail"] = true };

    /// <summary>What stands before the route of every HTTP function, without slashes around it; default <c>api</c>, may be empty.</summary>
    public string RoutePrefix { get; init; } = "api";

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
        var file = ReadFile(path);
        if (file["version"] is not "2.0")
        {
            throw Invalid(path, "version", file["version"], "\"2.0\", the version of the file's format");
        }

        var defaults = new HostJson();
        return new()
        {
            RoutePrefix = (file[Http] ?? defaults.RoutePrefix).Trim('/'),
            FunctionTimeout = file["functionTimeout"] is { } timeout ? ReadTimeout(path, timeout) : defaults.FunctionTimeout,
            DurableTask = new()
            {
                HubName = file[Hub],
                MaxConcurrentActivityFunctions = ReadCount(path, file, Activities) ?? defaults.DurableTask.MaxConcurrentActivityFunctions,
                MaxConcurrentOrchestratorFunctions = ReadCount(path, file, Orchestrators) ?? defaults.DurableTask.MaxConcurrentOrchestratorFunctions,
                DefaultVersion = file[Version] ?? defaults.DurableTask.DefaultVersion,
                VersionMatch = ReadChoice(path, file, Match, Matches) ?? defaults.DurableTask.VersionMatch,
                FailOnVersionMismatch = ReadChoice(path, file, Mismatch, Mismatches) ?? defaults.DurableTask.FailOnVersionMismatch,
            },
            Ignored = [.. file.GetSection("extensions").AsEnumerable()
                .Where(setting => setting.Value is not null && !Known.Contains(setting.Key))
                .Select(setting => Dotted(setting.Key))
                .Order(StringComparer.Ordinal)],
        };
    }

    private static IConfigurationRoot ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no host.json at '{path}': the host needs it for its route prefix and limits.", path);
        }

        using var stream = File.OpenRead(path);
        try
        {
            return new ConfigurationBuilder().AddJsonStream(stream).Build();
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidDataException($"{path} cannot be read as JSON: {e.Message}", e);
        }
    }

    private static TimeSpan ReadTimeout(string path, string text)
    {
        if (text == "-1")
        {
            return Timeout.InfiniteTimeSpan;
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var timeout) && timeout > TimeSpan.Zero
            ? timeout
            : throw Invalid(path, "functionTimeout", text, "a time such as \"00:10:00\", or \"-1\" for none");
    }

    private static int? ReadCount(string path, IConfigurationRoot file, string key)
    {
        if (file[key] is not { } text)
        {
            return null;
        }

        return int.TryParse(text, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw Invalid(path, key, text, "a whole number of at least 1");
    }

    private static T? ReadChoice<T>(string path, IConfigurationRoot file, string key, Dictionary<string, T> choices)
        where T : struct => file[key] is not { } text ? null
        : choices.TryGetValue(text, out var choice) ? choice
        : throw Invalid(path, key, text, string.Join(" or ", choices.Keys));

    private static InvalidDataException Invalid(string path, string key, string? value, string expected) =>
        new($"{path}: {Dotted(key)} is {(value is null ? "missing" : $"'{value}'")}; it must be {expected}.");

    private static string Dotted(string key) => key.Replace(':', '.');
}
