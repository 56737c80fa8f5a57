using System.Text.Json.Nodes;

namespace Orchestrator.Host.Demo;

/// <summary>The bodies that the demo sends, as release tooling would.</summary>
internal static class DemoSpecs
{
    public const string FirstVersion = "v0-0-1";
    public const string HelloCandidate = "v0-0-2";
    public const string Hello = "hello";
    public const string Echo = "echo";
    public const string EchoPath = "/echo/";

    /// <summary>A tenant with an ingress gateway of its own at a nodePort, made as the article makes it.</summary>
    public static JsonObject Tenant(DemoTenant tenant) => new()
    {
        ["owner"] = $"team-{tenant.Name}",
        ["gateway"] = new JsonObject
        {
            ["mode"] = "istioOperator",
            ["minReplicas"] = 2,
            ["maxReplicas"] = 5,
            ["service"] = new JsonObject
            {
                ["type"] = "NodePort",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "http2", ["port"] = 80, ["targetPort"] = 8080, ["nodePort"] = tenant.NodePort }),
            },
        },
        ["services"] = new JsonArray([.. tenant.Services.Select(service => new JsonObject
        {
            ["name"] = service.Name,
            ["port"] = 8080,
            ["prefix"] = service.Prefix,
            ["stable"] = FirstVersion,
        })]),
        ["readiness"] = new JsonObject { ["timeout"] = "5m" },
    };

    /// <summary>Shows a version to those who send its header, and waits for a person at weight 0.</summary>
    public static JsonObject PreviewAndAsk(string service, string version) => Canary(service, version,
        new JsonObject { ["preview"] = new JsonObject() },
        new JsonObject { ["approve"] = new JsonObject { ["timeout"] = "1h", ["onTimeout"] = "rollback" } },
        new JsonObject { ["setWeight"] = 100 });

    /// <summary>A ramp that is judged at every weight.</summary>
    public static JsonObject Ramp(string service, string version)
    {
        var spec = Canary(service, version,
            new JsonObject { ["setWeight"] = 10 },
            new JsonObject { ["analyze"] = new JsonObject { ["duration"] = "5s" } },
            new JsonObject { ["setWeight"] = 50 },
            new JsonObject { ["analyze"] = new JsonObject { ["duration"] = "5s" } },
            new JsonObject { ["setWeight"] = 100 });
        spec["analysis"] = new JsonObject
        {
            ["interval"] = "1s",
            ["failureLimit"] = 1,
            ["minRequests"] = 20,
            ["metrics"] = new JsonArray(
                new JsonObject { ["name"] = "success-rate", ["min"] = 99 },
                new JsonObject { ["name"] = "latency-p99", ["max"] = "500ms" }),
        };
        return spec;
    }

    /// <summary>Gives a version all traffic at once, without a question.</summary>
    public static JsonObject Switch(string service, string version) => Canary(service, version, new JsonObject { ["setWeight"] = 100 });

    private static JsonObject Canary(string service, string version, params JsonNode[] steps) => new()
    {
        ["service"] = service,
        ["candidate"] = new JsonObject { ["version"] = version, ["image"] = DemoWorkloads.Image(version) },
        ["preview"] = new JsonObject { ["header"] = new JsonObject { ["name"] = "version", ["value"] = version } },
        ["steps"] = new JsonArray(steps),
        ["onNewVersion"] = "reject",
        ["keepStable"] = "0s",
        ["analysis"] = new JsonObject { ["onNoTraffic"] = "pass" },
    };
}

/// <summary>A tenant of the demo.</summary>
/// <param name="Name">Its name and namespace.</param>
/// <param name="Greeting">Whom its products greet.</param>
/// <param name="NodePort">Where its ingress gateway is reached.</param>
/// <param name="Services">Its products, with the path prefix of each.</param>
internal sealed record DemoTenant(string Name, string Greeting, int NodePort, IReadOnlyList<(string Name, string Prefix)> Services);
