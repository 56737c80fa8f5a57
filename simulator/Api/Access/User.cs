using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>Who makes a request.</summary>
/// <param name="Name">The user name, e.g. <c>system:serviceaccount:foo:default</c>.</param>
/// <param name="Groups">The groups.</param>
/// <param name="Uid">The uid of a ServiceAccount; empty for others.</param>
internal sealed record User(string Name, IReadOnlyList<string> Groups, string Uid = "")
{
    /// <summary>Who is in it may do everything.</summary>
    public const string Masters = "system:masters";

    public const string Authenticated = "system:authenticated";

    private static readonly object Item = new();

    /// <summary>The owner of the kubeconfig.</summary>
    public static User Admin { get; } = new("kubernetes-admin", [Masters, Authenticated]);

    public bool IsMaster => Groups.Contains(Masters);

    public static User ServiceAccount(string ns, string name, string uid) =>
        new($"system:serviceaccount:{ns}:{name}", ["system:serviceaccounts", $"system:serviceaccounts:{ns}", Authenticated], uid);

    /// <summary>Who makes this request; only what needs no credentials comes without.</summary>
    public static User Of(HttpContext http) => http.Items[Item] as User ?? new("system:anonymous", ["system:unauthenticated"]);

    public void Attach(HttpContext http) => http.Items[Item] = this;
}
