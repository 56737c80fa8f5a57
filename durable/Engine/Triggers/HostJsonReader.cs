using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Reads the settings of a <c>host.json</c> one by one, each within its range; what nobody asked for is left over.</summary>
internal sealed class HostJsonReader
{
    private readonly HashSet<string> asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly string path;
    private readonly IConfigurationRoot file;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not JSON.</exception>
    public HostJsonReader(string path)
    {
        this.path = path;
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no host.json at '{path}': the host needs it for its route prefix and limits.", path);
        }

        using var stream = File.OpenRead(path);
        try
        {
            file = new ConfigurationBuilder().AddJsonStream(stream).Build();
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidDataException($"{path} cannot be read as JSON: {e.Message}", e);
        }
    }

    /// <summary>The settings of extensions that were not asked for, with dots between their parts.</summary>
    public IReadOnlyList<string> LeftOver =>
    [
        .. file.GetSection("extensions").AsEnumerable()
            .Where(setting => setting.Value is not null && !asked.Contains(setting.Key))
            .Select(setting => Dotted(setting.Key))
            .Order(StringComparer.Ordinal),
    ];

    public string? Text(string key)
    {
        asked.Add(key);
        return file[key];
    }

    public int? Count(string key, int least = 1, int most = int.MaxValue) => Text(key) switch
    {
        null => null,
        var text when int.TryParse(text, CultureInfo.InvariantCulture, out var count) && count >= least && count <= most => count,
        var text => throw Invalid(key, text, most == int.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}"),
    };

    public TimeSpan? Time(string key, TimeSpan least) => Text(key) switch
    {
        null => null,
        var text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= least => time,
        var text => throw Invalid(key, text, $"a time of at least {least}"),
    };

    public bool? Flag(string key) => Text(key) switch
    {
        null => null,
        var text when bool.TryParse(text, out var flag) => flag,
        var text => throw Invalid(key, text, "true or false"),
    };

    public T? Choice<T>(string key, IReadOnlyDictionary<string, T> choices)
        where T : struct => Text(key) switch
        {
            null => null,
            var text when choices.TryGetValue(text, out var choice) => choice,
            var text => throw Invalid(key, text, string.Join(" or ", choices.Keys)),
        };

    public InvalidDataException Invalid(string key, string? value, string expected) =>
        new($"{path}: {Dotted(key)} is {(value is null ? "missing" : $"'{value}'")}; it must be {expected}.");

    private static string Dotted(string key) => key.Replace(':', '.');
}
