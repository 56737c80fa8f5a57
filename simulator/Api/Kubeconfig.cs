using System.Text;
using YamlDotNet.Serialization;

namespace Orchestrator.Simulator.Api;

/// <summary>The kubeconfig of the simulated cluster.</summary>
internal static class Kubeconfig
{
    /// <summary>The name of its cluster, user and context.</summary>
    public const string Name = "simulator";

    /// <param name="server">The address of the API.</param>
    /// <param name="authorityPem">The certificate that its own is verified with.</param>
    /// <param name="token">The bearer token of the user.</param>
    public static string Render(Uri server, string authorityPem, string token) =>
        new SerializerBuilder().Build().Serialize(new Dictionary<string, object>
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = Named("cluster", new()
            {
                ["server"] = server.ToString().TrimEnd('/'),
                ["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem)),
            }),
            ["users"] = Named("user", new() { ["token"] = token }),
            ["contexts"] = Named("context", new() { ["cluster"] = Name, ["user"] = Name, ["namespace"] = "default" }),
            ["current-context"] = Name,
        });

    private static object[] Named(string member, Dictionary<string, object> value) =>
        [new Dictionary<string, object> { ["name"] = Name, [member] = value }];
}
