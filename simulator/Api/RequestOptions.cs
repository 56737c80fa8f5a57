using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api;

/// <summary>The query parameters every write takes.</summary>
internal sealed record WriteOptions(bool DryRun, string Manager, string FieldValidation, bool Force)
{
    public static WriteOptions From(HttpRequest request)
    {
        var dryRun = request.Query["dryRun"].ToString();
        if (dryRun is not ("" or "All"))
            throw KubeException.BadRequest($"invalid dryRun \"{dryRun}\": the only supported value is All");
        var validation = request.Query["fieldValidation"].ToString();
        if (validation is not ("" or "Strict" or "Warn" or "Ignore"))
            throw KubeException.BadRequest($"invalid fieldValidation \"{validation}\": supported values are Ignore, Strict, Warn");
        // Without a name, the first word of the user agent, as the real server does.
        var manager = request.Query["fieldManager"].ToString();
        if (manager.Length == 0) manager = request.Headers.UserAgent.ToString().Split('/')[0];
        return new(dryRun == "All", manager.Length == 0 ? "unknown" : manager, validation.Length == 0 ? "Warn" : validation,
            request.Query["force"].ToString() is "true" or "1");
    }
}

/// <summary>The query parameters of list, watch and deletecollection.</summary>
internal sealed record ListOptions(
    LabelSelector Labels, FieldSelector Fields, long? ResourceVersion, int? Limit, string? Continue,
    TimeSpan? Timeout, bool Bookmarks, bool SendInitialEvents)
{
    public static ListOptions From(HttpRequest request, ResourceType type)
    {
        var version = request.Query["resourceVersion"].ToString();
        long? number = null;
        if (version.Length > 0)
            number = long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
                : throw KubeException.BadRequest($"invalid resource version \"{version}\": it is a number the server handed out");
        return new(
            LabelSelector.Parse(request.Query["labelSelector"]), FieldSelector.Parse(request.Query["fieldSelector"], type), number,
            Number(request, "limit") is > 0 and var limit ? limit : null,
            request.Query["continue"].ToString() is { Length: > 0 } token ? token : null,
            Number(request, "timeoutSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
            request.Query["allowWatchBookmarks"].ToString() is "true" or "1",
            request.Query["sendInitialEvents"].ToString() is "true" or "1");
    }

    private static int? Number(HttpRequest request, string name)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw KubeException.BadRequest($"invalid {name} \"{text}\": it is a whole number");
    }
}
