using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Commands;

/// <summary><c>orc keys</c> beside a running server.</summary>
public sealed class KeyCommandTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();
    private readonly KeyStore server;

    public KeyCommandTests() => server = new(folder.Path, TimeProvider.System, NullLogger<KeyStore>.Instance);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_value_is_shown_once_alone_on_standard_output()
    {
        var made = await KeysAsync("set", "ci");

        Assert.Equal("key:ci", server.Find(made.Output.Trim())?.Identity);
        Assert.Contains("not shown again", made.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Output.Trim(), (await KeysAsync("list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotation_closes_the_old_value_unless_it_is_kept()
    {
        var first = (await KeysAsync("set", "ci", "--scope", "function:ListTenants")).Output.Trim();
        var second = (await KeysAsync("rotate", "ci", "--scope", "function:ListTenants", "--keep", "10m")).Output.Trim();
        Assert.Equal(("key:ListTenants/ci", "key:ListTenants/ci"), (server.Find(first)?.Identity, server.Find(second)?.Identity));

        var third = (string?)JsonNode.Parse((await KeysAsync("rotate", "ci", "--scope", "function:ListTenants", "-o", "json")).Output)!["value"];
        Assert.Equal((null, null), (server.Find(first), server.Find(second)));
        Assert.Equal("key:ListTenants/ci", server.Find(third!)?.Identity);
    }

    [Fact]
    public async Task The_master_key_is_renewed_in_its_file_and_never_shown()
    {
        var old = MasterKey.Ensure(folder.Path);

        var kept = await KeysAsync("rotate", "master", "--keep", "10m");
        var second = MasterKey.Find(folder.Path)!;
        Assert.Equal((KeyScope.Master, KeyScope.Master), (server.Find(old)?.Scope, server.Find(second)?.Scope));

        var closed = await KeysAsync("rotate", "master");
        var third = MasterKey.Find(folder.Path)!;
        Assert.Equal((null, null, KeyScope.Master), (server.Find(old)?.Scope, server.Find(second)?.Scope, server.Find(third)?.Scope));
        var shown = kept.Output + kept.Error + closed.Output + closed.Error;
        Assert.All((string[])[old, second, third], key => Assert.DoesNotContain(key, shown, StringComparison.Ordinal));
        Assert.Equal(1, (await RunAsync("remove", "master")).ExitCode);
        Assert.Equal(1, (await RunAsync("set", "master")).ExitCode);
    }

    [Fact]
    public async Task A_list_shows_scopes_names_and_identities()
    {
        await KeysAsync("set", "ci");
        await KeysAsync("set", "durabletask_extension", "--scope", "system");
        await KeysAsync("remove", "ci");

        var keys = JsonNode.Parse((await KeysAsync("list", "-o", "json")).Output)!.AsArray();

        var key = Assert.Single(keys)!;
        Assert.Equal(("system", "durabletask_extension"), ((string?)key["scope"], (string?)key["name"]));
        Assert.Equal(["scope", "name", "identity", "madeAt", "until"], key.AsObject().Select(member => member.Key));
    }

    [Theory]
    [InlineData("is no name of a key", "set", "a b")]
    [InlineData("the one system key is durabletask_extension", "set", "ci", "--scope", "system")]
    [InlineData("the one system key is durabletask_extension", "set", "durabletask_extension")]
    [InlineData("there are DecideOnCanary, DeleteTenant", "set", "ci", "--scope", "function:Nothing")]
    [InlineData("there is no host key 'ci'", "rotate", "ci")]
    [InlineData("there is no host key 'ci'", "remove", "ci")]
    [InlineData("'orc serve' makes it", "rotate", "master")]
    [InlineData("expected host, system or function:NAME", "set", "ci", "--scope", "master")]
    public async Task What_makes_no_sense_is_refused_with_what_to_do(string message, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyRingFile.PathIn(folder.Path)));
    }

    [Fact]
    public async Task A_key_that_is_there_is_not_made_again()
    {
        var value = (await KeysAsync("set", "ci")).Output.Trim();

        Assert.Contains("orc keys rotate", (await RunAsync("set", "CI")).Error, StringComparison.Ordinal);
        Assert.NotNull(server.Find(value));
    }

    private async Task<CommandResult> KeysAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => Orc.RunAsync(["keys", .. arguments, "--data", folder.Path]);
}
