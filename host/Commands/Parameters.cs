using System.CommandLine;

namespace Orchestrator.Host.Commands;

/// <summary>Options and arguments that several verbs share.</summary>
internal static class Parameters
{
    public static Argument<string> Tenant() => new("tenant") { Description = "the tenant's name" };

    public static Argument<string> Service() => new("service") { Description = "the service's name" };

    public static Argument<string> Instance() => new("id") { Description = "the instance's id, e.g. tenant.foo or canary.foo.hello.1" };

    public static Option<string> File(string what, bool required = true) => new("--file", "-f")
    {
        Description = $"{what}, YAML or JSON; - reads standard input",
        Required = required,
    };

    public static Option<bool> Watch() => new("--watch", "-w") { Description = "show how it goes until its end; the exit code says whether it ended well" };

    public static Option<string> By() => new("--by")
    {
        Description = "who decides; kept in the audit",
        DefaultValueFactory = _ => Environment.UserName,
    };

    public static Option<string?> Reason() => new("--reason") { Description = "why; kept in the audit" };

    /// <summary>An option that takes a duration such as <c>200ms</c> or <c>30s</c>.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Domain.Requests.Duration.Parse(text) is { } duration)
            {
                return duration;
            }

            result.AddError($"{name} {text}: expected {Domain.Requests.Duration.Forms}.");
            return null;
        },
    };
}
