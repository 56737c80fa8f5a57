using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Domain;
using Orchestrator.Domain.Commands;
using Orchestrator.Functions.Commands;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Commands;

public sealed class CommandMessageTests
{
    private const string Offboard =
        """{"specversion":"1.0","id":"7","source":"https://ci.example/jobs","type":"orchestrator.tenant.offboard","subject":"tenants/foo"}""";

    [Fact]
    public void An_event_is_read_plain_or_as_base64()
    {
        foreach (var text in new[] { Offboard, " " + Offboard + "\n", Convert.ToBase64String(Encoding.UTF8.GetBytes(Offboard)) })
        {
            Assert.Equal(
                new CommandStart("https://ci.example/jobs", "7", "orchestrator.tenant.offboard", "tenants/foo", new Command.OffboardTenant("foo")),
                CommandMessage.Read(text, default).Value);
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("hello", "")]
    [InlineData("{", "")]
    [InlineData("[]", "")]
    [InlineData("{}", "")]
    [InlineData("//8=", "")]
    [InlineData("""{"specversion":"0.3","id":"7","source":"/ci","type":"orchestrator.tenant.offboard","subject":"tenants/foo"}""", "")]
    [InlineData("""{"specversion":"1.0","source":"/ci","type":"orchestrator.tenant.offboard","subject":"tenants/foo"}""", "")]
    [InlineData("""{"specversion":"1.0","id":"7","id":"8","source":"/ci","type":"orchestrator.tenant.offboard","subject":"tenants/foo"}""", "")]
    [InlineData("""{"specversion":"1.0","id":"7","source":"/ci","type":"orchestrator.tenant.offboard","subject":"tenants/foo","time":"soon"}""", "")]
    [InlineData("""{"specversion":"1.0","id":"7","source":"/ci","type":"orchestrator.tenant.offboard","subject":"tenants/foo","data_base64":"?"}""", "")]
    [InlineData("""{"specversion":"1.0","id":"7","source":"/ci","type":"t","datacontenttype":"text/plain","data":"x"}""", "/data")]
    [InlineData("""{"specversion":"1.0","id":"7","source":"/ci","type":"orchestrator.tenant.offboard","subject":"t"}""", "/subject")]
    public void What_is_no_command_is_told_why(string text, string pointer)
    {
        var parsed = CommandMessage.Read(text, default);
        Assert.False(parsed.IsValid);
        Assert.Equal(pointer, Assert.Single(parsed.Problems).Pointer);
    }

    [Fact]
    public void An_id_has_a_limit()
    {
        var text = Offboard.Replace("\"7\"", $"\"{new string('7', 2000)}\"", StringComparison.Ordinal);
        Assert.Equal(("/id", "limit"), CommandMessage.Read(text, default).Problems is [var problem] ? (problem.Pointer, problem.Code) : default);
    }

    [Fact]
    public void Poison_holds_the_original_and_its_problems()
    {
        var wrapped = JsonNode.Parse(PoisonedMessage.Wrap("m-1", "grüße", [new Problem("/type", "unknown", "no")], DateTimeOffset.UnixEpoch))!;
        Assert.Equal(("1.0", "m-1", "orchestrator.command.poisoned"), (wrapped.Text("specversion"), wrapped.Text("id"), wrapped.Text("type")));
        Assert.Equal("grüße", Encoding.UTF8.GetString(Convert.FromBase64String(wrapped["data"].Text("original")!)));
        Assert.Equal("/type", wrapped["data"]!["problems"]![0].Text("pointer"));
        Assert.False(wrapped["data"]!["isCut"]!.GetValue<bool>());
    }

    [Fact]
    public void Poison_fits_into_a_queue_whatever_the_original_is()
    {
        var problems = Enumerable.Range(0, 500).Select(i => new Problem($"/data/{new string('p', 3000)}", "unknown", new string('"', 3000))).ToArray();
        var wrapped = PoisonedMessage.Wrap("m-1", new string('ü', 64 * 1024), problems, DateTimeOffset.UnixEpoch);

        Assert.InRange(Encoding.UTF8.GetByteCount(wrapped), 1, 64 * 1024);
        var data = JsonNode.Parse(wrapped)!["data"]!;
        Assert.True(data["isCut"]!.GetValue<bool>());
        Assert.Equal((128 * 1024, 480), (data["originalBytes"]!.GetValue<int>(), data["furtherProblems"]!.GetValue<int>()));
    }
}
