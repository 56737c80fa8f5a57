using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Identity;

/// <summary>Who is let in, who may do what, and what the audit says of it.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Ports = """{"gateway":{"service":{"ports":[{"name":"http2","port":80}]}}}""";
    private const string Terminate = "/runtime/webhooks/durabletask/instances/{instanceId}/terminate";
    private const string Webhook = "GET /runtime/webhooks/durabletask/instances";

    private GuardedHost host = null!;

    public async Task InitializeAsync() => host = await GuardedHost.StartAsync(
        ("Grants:0:Principal", "bar-operator"), ("Grants:0:Role", "operator"), ("Grants:0:Tenants", "bar"),
        ("Grants:1:Principal", "key:looker"), ("Grants:1:Role", "reader"), ("Grants:1:Tenants", "*"),
        ("Grants:2:Principal", "bar-group"), ("Grants:2:Role", "admin"), ("Grants:2:Tenants", "bar"));

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public Task No_key() => RefusedAsync(
        "PUT /api/tenants/foo", 401, "Send a key", "nobody: PUT /api/tenants/{tenant} [tenant=foo] needs a key: 401, neither key nor token");

    [Fact]
    public Task A_wrong_key() => RefusedAsync(
        "GET /api/tenants", 401, "Send a key", "nobody: GET /api/tenants [] needs a key: 401, the key is wrong", key: "wrong");

    [Fact]
    public Task A_function_key_on_another_function() => RefusedAsync(
        "DELETE /api/tenants/foo",
        401,
        "Send a key",
        "key:ListTenants/ci: DELETE /api/tenants/{tenant} [tenant=foo] needs a key: 401, the key does not open this",
        key: host.Key("ListTenants/ci"));

    [Fact]
    public async Task A_function_key_on_its_function() =>
        await AllowedAsync("GET /api/tenants", HttpStatusCode.OK, key: host.Key("ListTenants/ci"));

    [Fact]
    public Task A_host_key_on_the_management_API() => RefusedAsync(
        "POST /runtime/webhooks/durabletask/instances/tenant.foo/terminate",
        401,
        "Send a key",
        $"key:ci: POST {Terminate} [instanceId=tenant.foo] needs a key: 401, the key does not open this",
        key: host.Key("ci"));

    [Theory]
    [InlineData("master")]
    [InlineData("durabletask_extension")]
    public async Task A_key_of_the_management_API(string name)
    {
        await AllowedAsync(Webhook, HttpStatusCode.OK, key: host.Key(name));
        var answer = await host.SendAsync("POST /runtime/webhooks/durabletask/instances/no.such/terminate", host.Key(name));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        await host.AuditAsync($"key:{name}: POST {Terminate} [instanceId=no.such] needs a key: 404 (");
    }

    [Fact]
    public async Task A_change_has_one_audit_line_and_reading_has_none()
    {
        var key = host.Key("master");
        await AllowedAsync("GET /api/tenants", HttpStatusCode.OK, key: key);
        await AllowedAsync(
            "PUT /api/tenants/foo", HttpStatusCode.Accepted, key: key, body: Ports, headers: ("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"));

        await host.AuditAsync($"key:master: PUT /api/tenants/{{tenant}} [tenant=foo] needs admin: 202 (correlation {Trace})");
        await AllowedAsync("PUT /api/tenants/foo", HttpStatusCode.Accepted, key: key, body: Ports);
        await host.AuditAsync("key:master: PUT /api/tenants/{tenant} [tenant=foo] needs operator: 202");
        Assert.Equal(2, host.AuditLines.Count);
    }

    [Fact]
    public Task An_expired_token() => BadTokenAsync(
        "The token has expired", host.Issuer.Token(token => token.Expires = DateTime.UtcNow.AddHours(-1), ("roles", "orchestrator.admin")));

    [Fact]
    public Task A_token_that_is_not_valid_yet() => BadTokenAsync(
        "The token is not valid yet", host.Issuer.Token(token => token.NotBefore = DateTime.UtcNow.AddMinutes(30), ("roles", "orchestrator.admin")));

    [Fact]
    public Task A_token_of_another_entra_tenant() => BadTokenAsync(
        "The token is by another issuer",
        host.Issuer.Token(token => token.Issuer = TestIssuer.IssuerOf("99999999-2222-3333-4444-555555555555"), ("roles", "orchestrator.admin")));

    [Fact]
    public Task A_token_for_another_audience() => BadTokenAsync(
        "The token is for another audience", host.Issuer.Token(token => token.Audience = "api://other", ("roles", "orchestrator.admin")));

    [Fact]
    public Task An_unsigned_token() => BadTokenAsync(
        "The token is not signed by its issuer", host.Issuer.Token(token => token.SigningCredentials = null, ("roles", "orchestrator.admin")));

    [Theory]
    [InlineData("one")]
    [InlineData("other")]
    public Task A_token_with_a_foreign_signature(string keyId) => BadTokenAsync(
        "The token is not signed by its issuer",
        host.Issuer.Token(token => token.SigningCredentials = TestIssuer.Forged(keyId), ("roles", "orchestrator.admin")));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("a.b.c")]
    [InlineData("")]
    public Task A_token_that_is_none(string token) => BadTokenAsync("The token cannot be read", token);

    [Fact]
    public async Task A_bad_token_with_a_good_key()
    {
        var token = host.Issuer.Token(change => change.Audience = "api://other");
        await BadTokenAsync("The token is for another audience", token, key: host.Key("master"));
    }

    [Fact]
    public async Task A_good_token_with_a_bad_key() => await RefusedAsync(
        "GET /api/tenants",
        401,
        "Send a key",
        "nobody: GET /api/tenants [] needs a key: 401, the key is wrong",
        key: "wrong",
        token: host.Issuer.Token(null, ("roles", "orchestrator.admin")));

    [Fact]
    public async Task A_good_token_opens_without_a_key_and_its_identity_counts_before_a_keys()
    {
        var token = host.Issuer.Token(null, ("roles", "orchestrator.admin"), ("preferred_username", "ann@contoso.com"), ("oid", "a1"));
        await AllowedAsync("PUT /api/tenants/foo", HttpStatusCode.Accepted, token: token, body: Ports);
        await AllowedAsync("PUT /api/tenants/foo", HttpStatusCode.Accepted, token: token, key: host.Key("ci"), body: Ports);
        await AllowedAsync(Webhook, HttpStatusCode.OK, token: token);

        await host.AuditAsync("ann@contoso.com (a1): PUT /api/tenants/{tenant} [tenant=foo] needs admin: 202");
        await host.AuditAsync("ann@contoso.com (a1): PUT /api/tenants/{tenant} [tenant=foo] needs operator: 202");
    }

    [Fact]
    public async Task Tokens_of_version_1_are_the_same_tenants()
    {
        var token = host.Issuer.Token(change => change.Issuer = $"https://sts.windows.net/{TestIssuer.TenantId}/", ("roles", "orchestrator.reader"));
        await AllowedAsync("GET /api/tenants", HttpStatusCode.OK, token: token);
    }

    [Fact]
    public Task A_token_for_tenant_bar_on_foo() => RefusedAsync(
        "PUT /api/tenants/foo",
        403,
        "app:cli may not update it: it has not the role operator on tenant 'foo'.",
        "app:cli: PUT /api/tenants/{tenant} [tenant=foo] needs operator: 403, the role is missing",
        token: host.Issuer.Token(null, ("oid", "bar-operator"), ("azp", "cli")));

    [Fact]
    public async Task Nobody_learns_which_tenants_there_are()
    {
        await AllowedAsync("PUT /api/tenants/foo", HttpStatusCode.Accepted, key: host.Key("master"), body: Ports);
        var token = host.Issuer.Token(null, ("oid", "bar-operator"));
        string[] calls = ["GET /api/tenants/NAME", "PUT /api/tenants/NAME", "DELETE /api/tenants/NAME", "GET /api/tenants/NAME/canaries/x"];
        foreach (var call in calls)
        {
            var known = await ProblemAsync(call.Replace("NAME", "foo", StringComparison.Ordinal), token);
            var unknown = await ProblemAsync(call.Replace("NAME", "qux", StringComparison.Ordinal), token);
            Assert.Equal(known.Replace("foo", "qux", StringComparison.Ordinal), unknown);
        }
    }

    [Fact]
    public async Task An_operator_updates_its_tenant_and_does_not_onboard_it()
    {
        var token = host.Issuer.Token(null, ("oid", "bar-operator"));
        await RefusedAsync(
            "PUT /api/tenants/bar",
            403,
            "may not onboard it: it has not the role admin on tenant 'bar'. An administrator grants it with the app role orchestrator.admin, or with "
                + "Orchestrator__Grants__N__Principal, __Role=admin and __Tenants=bar",
            "bar-operator: PUT /api/tenants/{tenant} [tenant=bar] needs admin: 403, the role is missing",
            token: token,
            body: Ports);

        await AllowedAsync("PUT /api/tenants/bar", HttpStatusCode.Accepted, token: host.Issuer.Token(null, ("groups", "bar-group")), body: Ports);
        await AllowedAsync("PUT /api/tenants/bar", HttpStatusCode.Accepted, token: token, body: Ports);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync("DELETE /api/tenants/bar", token: token)).StatusCode);
        var admin = host.Issuer.Token(null, ("groups", "bar-group"));
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync("PUT /api/meshes/default", token: admin)).StatusCode);
    }

    [Fact]
    public async Task A_list_shows_what_the_caller_may_read()
    {
        await AllowedAsync("PUT /api/tenants/foo", HttpStatusCode.Accepted, key: host.Key("master"), body: Ports);
        await AllowedAsync("PUT /api/tenants/bar", HttpStatusCode.Accepted, key: host.Key("master"), body: Ports);

        Assert.Equal(["bar"], await TenantsAsync(token: host.Issuer.Token(null, ("oid", "bar-operator"))));
        Assert.Equal(["bar", "foo"], await TenantsAsync(token: host.Issuer.Token(null, ("roles", "orchestrator.reader"))));
        Assert.Equal(["bar", "foo"], await TenantsAsync(key: host.Key("looker")));
        var stranger = await host.SendAsync("GET /api/tenants", token: host.Issuer.Token(null, ("oid", "stranger")));
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
    }

    [Fact]
    public async Task Events_tell_of_what_the_caller_may_read()
    {
        await AllowedAsync("PUT /api/tenants/foo", HttpStatusCode.Accepted, key: host.Key("master"), body: Ports);
        await AllowedAsync("PUT /api/tenants/bar", HttpStatusCode.Accepted, key: host.Key("master"), body: Ports);
        await AllowedAsync("PUT /api/meshes/default", HttpStatusCode.Accepted, key: host.Key("master"), body: "{}");
        var bar = host.Issuer.Token(null, ("oid", "bar-operator"));

        Assert.Equal(["meshes/default", "tenants/bar"], await SubjectsAsync("", token: bar));
        Assert.Equal(["tenants/bar"], await SubjectsAsync("&tenant=bar", token: bar));
        Assert.Equal(["meshes/default", "tenants/bar", "tenants/foo"], await SubjectsAsync("", key: host.Key("looker")));
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync("GET /api/events?follow=false&tenant=foo", token: bar)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync("GET /api/events", token: host.Issuer.Token(null, ("oid", "stranger")))).StatusCode);
    }

    [Fact]
    public async Task Metrics_are_for_those_who_may_read_every_tenant()
    {
        await AllowedAsync("GET /api/metrics", HttpStatusCode.OK, key: host.Key("looker"));
        await AllowedAsync("GET /api/metrics", HttpStatusCode.OK, token: host.Issuer.Token(null, ("roles", "orchestrator.reader")));
        var answer = await host.SendAsync("GET /api/metrics", token: host.Issuer.Token(null, ("oid", "bar-operator")));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync("GET /api/metrics")).StatusCode);
    }

    [Fact]
    public async Task A_host_key_may_carry_a_role() => await RefusedAsync(
        "POST /api/tenants/foo/canaries",
        403,
        "key:looker may not start canaries in it: it has not the role operator on tenant 'foo'.",
        "key:looker: POST /api/tenants/{tenant}/canaries [tenant=foo] needs operator: 403, the role is missing",
        key: host.Key("looker"));

    [Fact]
    public Task A_token_without_the_role_admin_on_the_management_API() => RefusedAsync(
        Webhook,
        403,
        "a1 may not use the management API: it has not the role admin globally.",
        "a1: GET /runtime/webhooks/durabletask/instances [] needs admin: 403, the role is missing",
        token: host.Issuer.Token(null, ("oid", "a1"), ("roles", "orchestrator.operator")));

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("looker", HttpStatusCode.Forbidden)]
    public async Task The_platforms_header_without_its_setting(string? key, HttpStatusCode status)
    {
        var principal = Principal("orchestrator.admin");
        var answer = await host.SendAsync(
            "PUT /api/tenants/foo", key is null ? null : host.Key(key), body: Ports, headers: ("X-MS-CLIENT-PRINCIPAL", principal));

        Assert.Equal(status, answer.StatusCode);
        await host.AuditAsync(key is null ? "nobody: PUT" : "key:looker: PUT");
    }

    [Fact]
    public async Task The_platforms_header_with_its_setting_tells_who_calls_and_opens_nothing()
    {
        await using var behindProxy = await GuardedHost.StartAsync(("Entra:Platform", "true"));
        var principal = ("X-MS-CLIENT-PRINCIPAL", Principal("orchestrator.reader"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await behindProxy.SendAsync("GET /api/tenants", headers: principal)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await behindProxy.SendAsync("GET /api/tenants", behindProxy.Key("ci"), headers: principal)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden, (await behindProxy.SendAsync("PUT /api/tenants/foo", behindProxy.Key("ci"), headers: principal)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await behindProxy.SendAsync("GET /api/tenants", behindProxy.Key("ci"), headers: ("X-MS-CLIENT-PRINCIPAL", "?"))).StatusCode);
        await behindProxy.AuditAsync("ann@contoso.com (a1): PUT /api/tenants/{tenant} [tenant=foo] needs operator: 403");
    }

    [Fact]
    public async Task A_new_key_of_the_issuer_is_fetched()
    {
        await AllowedAsync("GET /api/tenants", HttpStatusCode.OK, token: host.Issuer.Token(null, ("roles", "orchestrator.reader")));
        host.Issuer.Roll();
        var token = host.Issuer.Token(null, ("roles", "orchestrator.reader"));

        await Eventually.Async(
            async () => (await host.SendAsync("GET /api/tenants", token: token)).StatusCode == HttpStatusCode.OK,
            TimeSpan.FromSeconds(20),
            "the new key");
    }

    [Fact]
    public async Task Without_the_issuers_keys_nothing_is_decided()
    {
        host.Issuer.IsUp = false;
        var token = host.Issuer.Token(null, ("roles", "orchestrator.reader"));
        var answer = await host.SendAsync("GET /api/tenants", token: token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        await host.AuditAsync("503, The keys of the token's issuer cannot be fetched");
        await AllowedAsync("GET /api/tenants", HttpStatusCode.OK, key: host.Key("master"));
    }

    [Fact]
    public async Task No_line_of_the_audit_can_be_made_up()
    {
        var forged = Uri.EscapeDataString("x\nkey:master: DELETE /api/tenants/{tenant} [tenant=foo] needs admin: 202");
        await host.SendAsync($"DELETE /api/tenants/{forged}", key: host.Key("looker"));

        var line = await host.AuditAsync("key:looker: DELETE");
        Assert.Contains("[tenant=x%0Akey%3Amaster%3A%20DELETE", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.InRange(line.Length, 1, 600);
    }

    [Fact]
    public async Task A_link_needs_no_key_and_is_in_no_line()
    {
        const string Secret = "eyJhbGciOiJub25lIn0.e30.c2VjcmV0";
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync($"GET /api/links/{Secret}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync($"POST /api/links/{Secret}")).StatusCode);

        await host.AuditAsync("nobody: POST /api/links/{token} [] needs operator: 404, the link decides nothing now");
        Assert.DoesNotContain(host.Log, line => line.Contains("c2VjcmV0", StringComparison.Ordinal));
    }

    [Fact]
    public Task Who_may_not_approve_makes_no_link() => RefusedAsync(
        "POST /api/tenants/foo/canaries/hello/links",
        403,
        "may not decide on its canaries",
        "key:looker: POST /api/tenants/{tenant}/canaries/{service}/links [tenant=foo service=hello] needs operator: 403, the role is missing",
        key: host.Key("looker"));

    [Fact]
    public async Task Every_function_asks_what_the_caller_may()
    {
        var token = host.Issuer.Token(null, ("oid", "stranger"));
        var calls = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<KeyRequirement>() is { Level: not AuthorizationLevel.Anonymous })
            .SelectMany(
                endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [], (endpoint, method) => $"{method} {Path(endpoint)}")
            .ToArray();

        Assert.Contains("PUT /api/meshes/x", calls);
        Assert.Contains("POST /api/tenants/x/canaries/x/x", calls);
        Assert.Contains("POST /runtime/webhooks/durabletask/instances/x/terminate", calls);
        foreach (var call in calls)
        {
            var answer = await host.SendAsync(call, token: token);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{call}: {answer.StatusCode}");
        }

        static string Path(RouteEndpoint endpoint) =>
            "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => segment.Parts.Single() switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                _ => "x",
            }));
    }

    private static string Principal(string role) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new
    {
        claims = new[]
        {
            new { typ = "roles", val = role }, new { typ = "oid", val = "a1" }, new { typ = "preferred_username", val = "ann@contoso.com" },
        },
    }));

    private async Task BadTokenAsync(string reason, string token, string? key = null)
    {
        var audit = $"nobody: PUT /api/tenants/{{tenant}} [tenant=foo] needs a key: 401, {reason}";
        var answer = await RefusedAsync("PUT /api/tenants/foo", 401, reason, audit, key, token);
        Assert.Equal($"Bearer error=\"invalid_token\", error_description=\"{reason}\"", answer.Headers.WwwAuthenticate.ToString());
    }

    private async Task<HttpResponseMessage> RefusedAsync(
        string call, int status, string detail, string audit, string? key = null, string? token = null, string? body = null)
    {
        var answer = await host.SendAsync(call, key, token, body);
        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>();

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(detail, (string?)problem!["detail"], StringComparison.Ordinal);
        await host.AuditAsync($"{audit} (correlation {problem["correlation"]})");
        string[] secrets = [.. new[] { key, token }.OfType<string>().Where(secret => secret.Length > 20)];
        Assert.All(secrets, secret => Assert.DoesNotContain(host.Log, line => line.Contains(secret, StringComparison.Ordinal)));
        return answer;
    }

    private async Task AllowedAsync(
        string call,
        HttpStatusCode status,
        string? key = null,
        string? token = null,
        string? body = null,
        params (string Name, string Value)[] headers)
    {
        var answer = await host.SendAsync(call, key, token, body, headers);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task<string> ProblemAsync(string call, string token)
    {
        var answer = await host.SendAsync(call, token: token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        problem.Remove("correlation");
        return problem.ToJsonString();
    }

    private async Task<IEnumerable<string?>> SubjectsAsync(string query, string? key = null, string? token = null)
    {
        var answer = await host.SendAsync($"GET /api/events?follow=false&since={DateTime.UtcNow.AddHours(-1):O}{query}", key, token);
        return (await answer.Content.ReadAsStringAsync()).Split('\n')
            .Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(line => (string?)JsonNode.Parse(line["data: ".Length..])!["subject"])
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    private async Task<IEnumerable<string?>> TenantsAsync(string? key = null, string? token = null)
    {
        var answer = await host.SendAsync("GET /api/tenants", key, token);
        return (await answer.Content.ReadFromJsonAsync<JsonArray>())!.Select(view => (string?)view!["tenant"]);
    }
}
