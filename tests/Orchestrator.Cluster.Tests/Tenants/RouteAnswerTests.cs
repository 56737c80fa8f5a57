using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Tests.Tenants;

public sealed class RouteAnswerTests
{
    private const string Upstream = "x-envoy-upstream-service-time";

    [Theory]
    [InlineData(200, "", Upstream, RouteSight.Learned)]
    [InlineData(302, "", "", RouteSight.Learned)] // The product's, or a redirect in the route itself.
    [InlineData(404, "", Upstream, RouteSight.Learned)] // The product's own.
    [InlineData(404, "not here", "", RouteSight.Learned)]
    [InlineData(503, "no healthy upstream", "", RouteSight.Learned)]
    [InlineData(503, "upstream connect error or disconnect/reset before headers", "", RouteSight.Learned)]
    [InlineData(403, "RBAC: access denied", "", RouteSight.Learned)] // An AuthorizationPolicy's, after the route was found.
    [InlineData(404, "", "", RouteSight.Missing)]
    [InlineData(503, "", "", RouteSight.Missing)]
    [InlineData(0, "no answer in 5 s", "", RouteSight.Nothing)]
    [InlineData(503, "error trying to reach service: dial tcp 10.0.0.1:8080: connect: connection refused", "", RouteSight.Nothing)]
    [InlineData(404, """{"kind":"Status","apiVersion":"v1","message":"pods \"gw-1\" not found"}""", "", RouteSight.Nothing)]
    [InlineData(429, """{"kind":"Status","apiVersion":"v1","message":"too many requests"}""", "", RouteSight.Nothing)]
    [InlineData(403, """{"kind":"Status","apiVersion":"v1","message":"pods \"gw-1\" is forbidden"}""", "", RouteSight.Forbidden)]
    [InlineData(500, """{"kind":"Status","of":"the product"}""", Upstream, RouteSight.Learned)]
    [InlineData(500, "{ torn", "", RouteSight.Learned)]
    public void An_answer_shows_whether_the_route_has_arrived(int status, string body, string header, RouteSight expected) =>
        Assert.Equal(expected, RouteAnswer.Judge(new PodAnswer(status, body, new Dictionary<string, string> { [header] = "" })));
}
