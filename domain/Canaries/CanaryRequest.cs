using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>Reads the body of <c>POST /api/tenants/{tenant}/canaries</c>.</summary>
public static partial class CanaryRequest
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Reads a body; the result is a spec that can be run, or every problem the body has.</summary>
    public static Parsed<CanarySpec> Read(JsonElement body, string tenant) => Parsed.From(body, o =>
    {
        var service = o.Text("service", Names.DnsLabel);
        var candidate = o.Has("candidate") ? o.Object("candidate", c => ReadCandidate(c, service)) : null;
        if (!o.Has("candidate"))
        {
            o.Problem("candidate", "required", "'candidate' is required: an object with 'version' and, to have it deployed, 'image'.");
        }

        var preview = o.Object("preview", ReadPreview);
        var analysis = o.Object("analysis", AnalysisRequest.Read) ?? new();
        var deadline = o.Duration("deadline", TimeSpan.FromHours(2), 10 * Second, Week);
        var spec = new CanarySpec
        {
            Tenant = tenant,
            Service = service,
            Candidate = candidate ?? new(""),
            Preview = preview,
            Analysis = analysis,
            Steps = CanaryStepsRequest.Read(o, analysis, preview),
            Bake = o.Object("bake", AnalysisRequest.ReadStep),
            Gates = ReadGates(o, analysis),
            Windows = CalendarRequest.ReadWindows(o),
            OnNewVersion = o.Choice("onNewVersion", NewVersionPolicy.Queue),
            OnForeignChange = o.Choice("onForeignChange", ForeignChangePolicy.Repair),
            SessionAffinity = o.Object("sessionAffinity", a => ReadAffinity(a, tenant, service, deadline)),
            Deadline = deadline,
            KeepStable = o.Duration("keepStable", TimeSpan.FromMinutes(10), TimeSpan.Zero, Week),
        };

        var timed = TimeSpan.FromTicks(CanaryPlan.From(spec).Sum(step => step.Step.Least(spec.Analysis).Ticks));
        if (timed >= spec.Deadline)
        {
            o.Problem("deadline", "range", $"The steps alone take {Duration.Format(timed)}: give a longer deadline than {Duration.Format(spec.Deadline)}.");
        }

        return spec;
    }, CanaryWindows.Check);

    private static IReadOnlyList<Gate>? ReadGates(ObjectReader o, AnalysisSpec analysis)
    {
        var gates = o.Objects("gates", 10, g =>
        {
            if (!g.Has("type"))
            {
                g.Problem("type", "required", "'type' is required: when the endpoint is asked or told, e.g. confirm-promotion.");
            }

            if (!g.Has("webhook"))
            {
                g.Problem("webhook", "required", "'webhook' is required: an object with 'url'.");
            }

            return new Gate(g.Text("name", AnalysisRequest.CheckOwnName), g.Choice("type", GateType.Event), g.Object("webhook", WebhookRequest.Read) ?? new(""));
        });
        foreach (var twice in gates.Select(gate => gate.Name).Concat(analysis.Metrics.Select(metric => metric.Name)).Where(name => name.Length > 0).CountBy(name => name).Where(n => n.Value > 1)
            .Where(twice => gates.Any(gate => gate.Name == twice.Key)))
        {
            o.Problem("gates", "duplicate", $"'{twice.Key}' names {twice.Value} gates or metrics: give each a name of its own.");
        }

        return gates.Count > 0 ? gates : null;
    }

    private static Candidate ReadCandidate(ObjectReader o, string service)
    {
        var version = o.Text("version", Version);
        var image = o.OptionalText("image", Image);
        if (image is not null && service.Length + 1 + version.Length > 63)
        {
            o.Problem("version", "invalid", $"The Deployment '{service}-{version}' would have a name of more than 63 characters: shorten the version.");
        }

        return new(version, image);
    }

    private static Preview ReadPreview(ObjectReader o)
    {
        var header = o.Object("header", ReadHeader);
        var cookie = o.Object("cookie", c => new CookieMatch(c.Text("name", CookieText), c.Text("value", CookieText)));
        if (o.Has("header") == o.Has("cookie"))
        {
            o.Problem(
                "", "one-of", "Give either 'header', an object with 'name' and 'value' or 'regex', or 'cookie', an object with 'name' and 'value'.");
        }

        return new(cookie is null ? header ?? new("", "") : null, cookie);
    }

    private static HeaderMatch ReadHeader(ObjectReader o)
    {
        var match = new HeaderMatch(o.Text("name", HeaderName).ToLowerInvariant(), o.OptionalText("value", HeaderValue)) { Regex = o.OptionalText("regex", HeaderRegex) };
        if (o.Has("value") == o.Has("regex"))
        {
            o.Problem("value", "one-of", "Give either 'value', which the header has exactly, or 'regex' (RE2), which matches all of it.");
        }

        return match;
    }

    private static SessionAffinity ReadAffinity(ObjectReader o, string tenant, string service, TimeSpan deadline) =>
        new(o.OptionalText("cookie", CookieText) ?? $"canary-{tenant}-{service}", o.Duration("maxAge", deadline, Second, Week));

    /// <summary>Istio takes a DNS label (RFC 1123) as the name of a subset, which is stricter than what a label's value may be.</summary>
    private static string? Version(string text) => VersionForm().IsMatch(text)
        ? null
        : $"'{text}' is not a version: use 1 to 63 lower-case letters, digits and '-', beginning and ending with a letter or digit, e.g. v0-0-2.";

    private static string? Image(string text) => text.Length <= 255 && ImageForm().IsMatch(text)
        ? null
        : "Expected an image reference such as registry.example/hello:0.0.2, of at most 255 characters.";

    private static string? HeaderName(string text) => HeaderForm().IsMatch(text)
        ? null
        : "Expected the name of a request header: 1 to 64 letters, digits and '-'.";

    private static string? HeaderValue(string text) => text.Length is > 0 and <= 256 && text.All(c => c is >= ' ' and <= '~')
        ? null
        : "Expected 1 to 256 printable ASCII characters.";

    [GeneratedRegex(@"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionForm();

    [GeneratedRegex(@"^(?:[a-zA-Z0-9.-]+(?::[0-9]{1,5})?/)?[a-z0-9._-]+(?:/[a-z0-9._-]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?\z",
        RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex ImageForm();

    private static string? HeaderRegex(string text)
    {
        try
        {
            // What RE2 cannot do, the engine without backtracking cannot either.
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return HeaderValue(text);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return $"Expected a regular expression (RE2): {e.Message}";
        }
    }

    private static string? CookieText(string text) => CookieForm().IsMatch(text) ? null : "Expected 1 to 64 letters, digits, '-', '_' and '.'.";

    [GeneratedRegex(@"^[A-Za-z0-9-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderForm();

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CookieForm();
}
