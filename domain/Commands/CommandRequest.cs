using System.Text.Json;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain.Commands;

/// <summary>Reads what an event of the command queue asks for.</summary>
public static class CommandRequest
{
    private const string EnsureMesh = "orchestrator.mesh.ensure";
    public const string OnboardTenant = "orchestrator.tenant.onboard";
    private const string OffboardTenant = "orchestrator.tenant.offboard";
    private const string RepairTenant = "orchestrator.tenant.repair";
    private const string StartCanary = "orchestrator.canary.start";
    private const string CanaryPrefix = "orchestrator.canary.";

    private static readonly JsonElement NoData = JsonSerializer.SerializeToElement(new object());

    /// <summary>The types of event that are served.</summary>
    public static readonly IReadOnlyList<string> Types =
        [EnsureMesh, OnboardTenant, OffboardTenant, RepairTenant, StartCanary, .. DecisionRequest.Verbs.Select(verb => CanaryPrefix + verb)];

    /// <summary>Reads an event's attributes and data, taken in at <paramref name="now"/>; the result is a command, or every problem it has.</summary>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <param name="subject"><c>meshes/{cluster}</c>, <c>tenants/{tenant}</c> or <c>tenants/{tenant}/canaries/{service}</c>.</param>
    /// <param name="data">The body of the HTTP call that asks for the same; null is an empty object.</param>
    /// <param name="source">Who sent it, by its own word: whoever may write to the queue may say anything.</param>
    /// <param name="now">The time, UTC.</param>
    public static Parsed<Command> Read(string type, string? subject, JsonElement? data, string source, DateTime now)
    {
        var body = data ?? NoData;
        return (type, subject?.Split('/')) switch
        {
            (EnsureMesh, ["meshes", var cluster]) => Command(MeshRequest.Read(body, cluster), spec => new Command.EnsureMesh(spec)),
            (OnboardTenant, ["tenants", var tenant]) => Command(TenantRequest.Read(body, tenant), spec => new Command.OnboardTenant(spec)),
            (OffboardTenant, ["tenants", var tenant]) => Bare(tenant, body, new Command.OffboardTenant(tenant)),
            (RepairTenant, ["tenants", var tenant]) => Bare(tenant, body, new Command.RepairTenant(tenant)),
            (StartCanary, ["tenants", var tenant]) => Start(tenant, null, body),
            (StartCanary, ["tenants", var tenant, "canaries", var service]) => Start(tenant, service, body),
            (_, var names) when type.StartsWith(CanaryPrefix, StringComparison.Ordinal) && type[CanaryPrefix.Length..] is var verb && DecisionRequest.Verbs.Contains(verb) =>
                names is ["tenants", var tenant, "canaries", var service] && CanaryNames.AreNames(tenant, service)
                    ? Command(DecisionRequest.Read(body, verb, full: false, now, $"queue:{Cut(source)}"), decision => new Command.DecideOnCanary(tenant, service, decision))
                    : WrongSubject(type, "tenants/{tenant}/canaries/{service}", subject),
            (EnsureMesh, _) => WrongSubject(type, "meshes/{cluster}", subject),
            (OnboardTenant or OffboardTenant or RepairTenant or StartCanary, _) => WrongSubject(type, "tenants/{tenant}", subject),
            _ => Failed("/type", "unknown", $"'{Cut(type)}' is not served. Served are: {string.Join(", ", Types)}."),
        };
    }

    // What needs no more than the tenant's name.
    private static Parsed<Command> Bare(string tenant, JsonElement body, Command command) => TenantRequest.CheckName(tenant) is { } wrong
        ? Failed("/subject", "invalid", wrong)
        : Command(Parsed.From(body, _ => command), read => read);

    private static Parsed<Command> Start(string tenant, string? service, JsonElement body)
    {
        if (TenantRequest.CheckName(tenant) is { } wrong)
        {
            return Failed("/subject", "invalid", wrong);
        }

        var parsed = CanaryRequest.Read(body, tenant);
        return parsed.IsValid && service is not null && service != parsed.Value.Service
            ? Failed("/data/service", "mismatch", $"The subject names the service '{Cut(service)}', the data '{parsed.Value.Service}': name the same.")
            : Command(parsed, spec => new Command.StartCanary(spec));
    }

    private static Parsed<Command> Command<T>(Parsed<T> parsed, Func<T, Command> make)
        where T : class =>
        parsed.IsValid
            ? new(make(parsed.Value), [])
            : new(null, [.. parsed.Problems.Select(problem => problem with { Pointer = "/data" + problem.Pointer })]);

    private static Parsed<Command> WrongSubject(string type, string expected, string? subject) => Failed(
        "/subject", subject is null ? "required" : "invalid", $"The subject of {type} is {expected}{(subject is null ? "" : $", got '{Cut(subject)}'")}.");

    private static Parsed<Command> Failed(string pointer, string code, string message) => new(null, [new(pointer, code, message)]);

    private static string Cut(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
