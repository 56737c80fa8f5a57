using System.Text.Json;
using CsCheck;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Commands;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Tests.Commands;

public sealed class CommandRequestTests
{
    private static readonly DateTime Now = new(2026, 11, 26, 3, 0, 0, DateTimeKind.Utc);

    private static readonly string Tenant = """{"gateway":{"service":{"ports":[{"name":"http2","port":80,"targetPort":8080}]}}}""";

    [Fact]
    public void A_tenants_event_has_the_body_of_the_put()
    {
        var command = Assert.IsType<Command.OnboardTenant>(Read("orchestrator.tenant.onboard", "tenants/foo", Tenant).Value);
        Assert.Equal(("foo", "default"), (command.Spec.Tenant, command.Spec.Cluster));
    }

    [Fact]
    public void A_mesh_needs_no_data() =>
        Assert.Equal("west", Assert.IsType<Command.EnsureMesh>(Read("orchestrator.mesh.ensure", "meshes/west", null).Value).Spec.Cluster);

    [Fact]
    public void A_tenant_is_offboarded() =>
        Assert.Equal(new Command.OffboardTenant("foo"), Read("orchestrator.tenant.offboard", "tenants/foo", null).Value);

    [Theory]
    [InlineData("tenants/foo")]
    [InlineData("tenants/foo/canaries/hello")]
    public void A_canary_is_started_for_a_tenant_or_for_its_service(string subject)
    {
        var command = Assert.IsType<Command.StartCanary>(
            Read("orchestrator.canary.start", subject, """{"service":"hello","candidate":{"version":"v0-0-2"}}""").Value);
        Assert.Equal(("foo", "hello", "v0-0-2"), (command.Spec.Tenant, command.Spec.Service, command.Spec.Candidate.Version));
    }

    [Fact]
    public void A_decision_has_the_body_of_the_post()
    {
        var command = Assert.IsType<Command.DecideOnCanary>(
            Read("orchestrator.canary.approve", "tenants/foo/canaries/hello", """{"by":"ann","reason":"fine","revision":"v0-0-2"}""").Value);
        Assert.Equal(("foo", "hello"), (command.Tenant, command.Service));
        Assert.Equal((Verb.Approve, "fine", Now, "v0-0-2"), (command.Decision.Verb, command.Decision.Reason, command.Decision.At, command.Decision.Revision));

        // Nobody proved to be ann: the queue is who decided.
        Assert.Equal(("queue:/ci", "ann"), (command.Decision.By, command.Decision.OnBehalfOf));
    }

    [Fact]
    public void A_promotion_may_be_full()
    {
        var command = Assert.IsType<Command.DecideOnCanary>(Read("orchestrator.canary.promote", "tenants/foo/canaries/hello", """{"full":true}""").Value);
        Assert.Equal(Verb.PromoteFully, command.Decision.Verb);
    }

    [Theory]
    [InlineData("orchestrator.tenant.paint", "tenants/foo", null, "/type")]
    [InlineData("orchestrator.canary.supersede", "tenants/foo/canaries/hello", null, "/type")]
    [InlineData("orchestrator.tenant.onboard", null, null, "/subject")]
    [InlineData("orchestrator.tenant.onboard", "tenants/foo/canaries/hello", null, "/subject")]
    [InlineData("orchestrator.tenant.offboard", "tenants/NO.SUCH", null, "/subject")]
    [InlineData("orchestrator.tenant.offboard", "tenants/foo", """{"force":true}""", "/data/force")]
    [InlineData("orchestrator.mesh.ensure", "tenants/foo", null, "/subject")]
    [InlineData("orchestrator.canary.approve", "tenants/foo", """{"by":"ann"}""", "/subject")]
    [InlineData("orchestrator.canary.approve", "tenants/foo/canaries/a.b", """{"by":"ann"}""", "/subject")]
    [InlineData("orchestrator.canary.start", "tenants/foo/canaries/echo", """{"service":"hello","candidate":{"version":"v2"}}""", "/data/service")]
    [InlineData("orchestrator.canary.start", "tenants/foo", """{"service":"hello"}""", "/data/candidate")]
    [InlineData("orchestrator.tenant.onboard", "tenants/foo", "[]", "/data")]
    public void What_is_wrong_is_named_with_the_place_it_stands_at(string type, string? subject, string? data, string pointer)
    {
        var parsed = Read(type, subject, data);
        Assert.False(parsed.IsValid);
        Assert.Contains(pointer, parsed.Problems.Select(problem => problem.Pointer));
    }

    [Fact]
    public void A_command_survives_being_written_down()
    {
        var start = new CommandStart("/ci", "7", "orchestrator.tenant.onboard", "tenants/foo", Read("orchestrator.tenant.onboard", "tenants/foo", Tenant).Value!);
        var json = JsonSerializer.Serialize(start);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<CommandStart>(json)));
        Assert.IsType<Command.OnboardTenant>(JsonSerializer.Deserialize<CommandStart>(json)!.Command);
    }

    [Fact]
    public void Two_commands_share_an_instance_only_when_source_and_id_are_the_same() =>
        Gen.Select(Gen.String["ab:1"], Gen.String["ab:1"], Gen.String["ab:1"], Gen.String["ab:1"]).Sample((source, id, otherSource, otherId) =>
            (CommandNames.Instance(source, id) == CommandNames.Instance(otherSource, otherId)) == ((source, id) == (otherSource, otherId)));

    private static Parsed<Command> Read(string type, string? subject, string? data) =>
        CommandRequest.Read(type, subject, data is null ? null : JsonDocument.Parse(data).RootElement, "/ci", Now);
}
