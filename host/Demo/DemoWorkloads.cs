using System.Text.Json.Nodes;

namespace Orchestrator.Host.Demo;

/// <summary>What the tenants' own pipelines would deploy: one Deployment for a product's version.</summary>
internal static class DemoWorkloads
{
    public static readonly (string Api, string Plural) Deployments = ("apis/apps/v1", "deployments");

    /// <summary>The image of a version: <c>v0-0-2</c> is <c>hello:0.0.2</c>.</summary>
    public static string Image(string version) => $"hello:{version.TrimStart('v').Replace('-', '.')}";

    public static JsonObject Deployment(DemoTenant tenant, string service, string version) => new()
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{service}-{version}",
            ["namespace"] = tenant.Name,
            ["labels"] = Labels(service, version),
        },
        ["spec"] = new JsonObject
        {
            ["replicas"] = 2,
            ["selector"] = new JsonObject { ["matchLabels"] = Labels(service, version) },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = Labels(service, version) },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject
                    {
                        ["name"] = service,
                        ["image"] = Image(version),
                        ["env"] = new JsonArray(new JsonObject { ["name"] = "GREETING", ["value"] = tenant.Greeting }),
                        ["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 8080 }),
                    }),
                },
            },
        },
    };

    private static JsonObject Labels(string service, string version) => new() { ["app"] = service, ["version"] = version };
}
