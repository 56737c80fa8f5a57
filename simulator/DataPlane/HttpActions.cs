using System.Text.RegularExpressions;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>What of the URL is replaced before the request goes on.</summary>
/// <param name="Uri">Replaces the matched prefix, or the whole path of an exact or regex match.</param>
/// <param name="Authority">Replaces the host.</param>
public sealed record HttpRewrite(string? Uri = null, string? Authority = null)
{
    /// <summary>Whether <see cref="Uri"/> replaces the whole path, whatever matched.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Replaces what an expression finds in the path, instead of <see cref="Uri"/>.</summary>
    public RegexRewrite? UriRegexRewrite { get; init; }

    /// <summary>The path that goes on.</summary>
    public string Path(string path, HttpMatch? match) => (Uri, UriRegexRewrite) switch
    {
        ({ } uri, _) => (IsWhole ? null : match?.Rewrite(path, uri)) ?? uri,
        (null, { } regex) => regex.Apply(path),
        _ => path,
    };
}

/// <summary>A replacement by an RE2 expression.</summary>
/// <param name="Match">What is replaced, wherever it is found; an expression that cannot be read replaces nothing.</param>
/// <param name="Rewrite">By what; <c>\1</c> is its first group.</param>
public sealed record RegexRewrite(string Match, string Rewrite)
{
    /// <summary>The text with every match replaced.</summary>
    public string Apply(string text)
    {
        try
        {
            return Regex.Replace(text, Match, Replacement, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return text;
        }
    }

    private string Replacement(Match found) => Regex.Replace(Rewrite, @"\\(\d)", group => found.Groups[group.Value[1..]].Value);
}

/// <summary>Sends the client elsewhere.</summary>
public sealed record HttpRedirect
{
    /// <summary>The new path; null keeps it.</summary>
    public string? Uri { get; init; }

    /// <summary>The new host; null keeps it.</summary>
    public string? Authority { get; init; }

    public int? Port { get; init; }

    public string? Scheme { get; init; }

    public int RedirectCode { get; init; } = 301;

    /// <summary>Replaces the matched prefix alone.</summary>
    public string? PrefixRewrite { get; init; }

    /// <summary>The <c>Location</c> for a request.</summary>
    public string Location(IngressRequest request, HttpMatch? match)
    {
        var path = Uri ?? (PrefixRewrite is { } prefix ? match?.Rewrite(request.Path, prefix) ?? prefix : request.Path);
        var scheme = Scheme ?? "http";
        var host = Authority ?? (Port is null ? request.Authority : request.Host);
        var port = Port is { } number && number != (scheme == "https" ? 443 : 80) ? $":{number}" : "";
        return $"{scheme}://{host}{port}{path}{request.Query}";
    }
}

/// <summary>An answer of the proxy's own.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="Body">The text; empty when none.</param>
public sealed record DirectResponse(int Status, DirectBody? Body = null);

/// <summary>The text of a <see cref="DirectResponse"/>.</summary>
/// <param name="String">The text.</param>
public sealed record DirectBody(string? String = null);

/// <summary>Where a copy of the request goes; its answer is thrown away.</summary>
/// <param name="Destination">Where.</param>
/// <param name="Percentage">How many of a hundred requests; null for all.</param>
public sealed record MirrorDestination(Destination Destination, Percent? Percentage = null);

/// <summary>A share.</summary>
/// <param name="Value">0 to 100.</param>
public sealed record Percent(double Value);
