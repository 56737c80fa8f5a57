using System.Text;

namespace Orchestrator.Durable.Engine.Tests.Management;

/// <summary>Writes <c>docs/management-api.md</c> from the proofs.</summary>
internal static class ManagementPage
{
    public static int Write(string path)
    {
        File.WriteAllText(path, Text());
        return 0;
    }

    public static string Text()
    {
        var page = new StringBuilder(
            """
            # Durable management API: every answer

            Below `/runtime/webhooks/durabletask`. Written by `.ci/management-page` from `ManagementProofs`; do not edit. Each row is a case of
            `ManagementAnswerTests.A_request_is_answered_as_the_table_says` (tests/Orchestrator.Durable.Engine.Tests/Management), which asks a running
            host; other tests there compare the rows with the routes and status codes that the host maps, and this page with the rows.

            Besides, every route answers 401 to a caller without the key
            (`ManagementKeyTests.Every_route_asks_for_the_key`, tests/Orchestrator.Host.Tests/Hosting). Whatever is not 2xx is
            `application/problem+json`, but for the 500 of `returnInternalServerErrorOnFailure`, which shows the instance. What the server itself refuses
            (400, 408, 413, 414, 431 before there is a request) has no body.

            | Route | Status | When |
            |---|---|---|

            """);
        foreach (var proof in ManagementProofs.All)
        {
            page.AppendLine($"| {proof.Verb} `{proof.Route}` | {proof.Status} | {proof.When} |");
        }

        return page.ToString();
    }
}
