namespace Orchestrator.Domain.Canaries;

/// <summary>The hosts that canaries may call, as the configuration lists them: <c>ci.example</c> stands for the ports of http and https, <c>ci.example:8080</c> for that one.</summary>
public sealed record WebhookHosts(IReadOnlyList<string> Allowed)
{
    /// <summary>The setting that lists them.</summary>
    public const string Setting = "Orchestrator__Webhooks__AllowedHosts";

    /// <summary>The hosts of a list that commas separate; of no list, none.</summary>
    public static WebhookHosts Parse(string? list) =>
        new((list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Why an address is not called, or null when it may be.</summary>
    public string? Refusal(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && Allowed.Any(entry => Matches(entry, uri))
        ? null
        : $"'{uri?.Authority ?? url}' is not allowed: have it added to {Setting} ({(Allowed.Count == 0 ? "no host is" : string.Join(", ", Allowed))}).";

    /// <summary>Every address of a canary that may not be called, where it stands.</summary>
    public IReadOnlyList<Problem> Check(CanarySpec spec) =>
    [
        .. from hook in spec.Webhooks()
           let refusal = Refusal(hook.Webhook.Url)
           where refusal is not null
           select new Problem($"{hook.Pointer}/url", "host", refusal),
    ];

    private static bool Matches(string entry, Uri uri) =>
        Uri.TryCreate($"http://{entry}", UriKind.Absolute, out var allowed)
        && string.Equals(allowed.IdnHost, uri.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (allowed.IsDefaultPort ? uri.IsDefaultPort : allowed.Port == uri.Port);
}
