using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Tests.Identity;

/// <summary>Who calls where no host of ours stands before the app, as on Azure.</summary>
public sealed class AuthenticatorTests
{
    private const string Header = "X-MS-CLIENT-PRINCIPAL";

    private static readonly string Ann = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"claims":[{"typ":"oid","val":"a1"}]}"""));

    private static IConfiguration Platform => Settings(("Entra:Platform", "true"));

    [Fact]
    public async Task Whoever_passed_the_platforms_key_is_the_key_and_may_do_all()
    {
        var caller = await KnownAsync(Settings());

        Assert.Equal((CallerKind.Key, "key"), (caller.Kind, caller.Identity));
        Assert.True(caller.Has(Role.Admin, null));
    }

    [Fact]
    public async Task A_grant_to_the_key_takes_its_place()
    {
        var caller = await KnownAsync(Settings(("Grants:0:Principal", "key"), ("Grants:0:Role", "none"), ("Grants:0:Tenants", "*")));
        Assert.DoesNotContain(Permission.All, permission => permission.IsHeldBy(caller, "foo"));
    }

    [Fact]
    public async Task The_platforms_header_counts_where_it_is_configured_alone()
    {
        Assert.Equal("key", (await KnownAsync(Settings(), (Header, Ann))).Name);
        var caller = await KnownAsync(Platform, (Header, Ann));
        Assert.Equal((CallerKind.Platform, "a1"), (caller.Kind, caller.Name));
    }

    [Fact]
    public async Task A_token_that_the_platform_has_checked_needs_no_second_check()
    {
        Assert.Equal("a1", (await KnownAsync(Platform, (Header, Ann), ("Authorization", "Bearer checked.by.platform"))).Name);
        Assert.IsType<Authentication.Refused>(await AskAsync(Platform, ("Authorization", "Bearer a.b.c")));
    }

    [Theory]
    [InlineData("Bearer a.b.c")]
    [InlineData("bearer a.b.c")]
    [InlineData("Bearer")]
    public async Task A_token_is_never_passed_over(string authorization)
    {
        var refused = Assert.IsType<Authentication.Refused>(await AskAsync(Settings(), ("Authorization", authorization)));
        Assert.Equal((401, "This server accepts no tokens"), (refused.Status, refused.Reason));
    }

    [Fact]
    public async Task Another_scheme_is_not_ours() => Assert.Equal("key", (await KnownAsync(Settings(), ("Authorization", "Basic YTpi"))).Name);

    private static async Task<Caller> KnownAsync(IConfiguration settings, params (string Name, string Value)[] headers) =>
        Assert.IsType<Authentication.Known>(await AskAsync(settings, headers)).Caller;

    private static ValueTask<Authentication> AskAsync(IConfiguration settings, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        var services = new ServiceCollection().AddLogging().AddAccess(settings).BuildServiceProvider();
        return services.GetRequiredService<Authenticator>().AuthenticateAsync(context);
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Orchestrator:{setting.Name}", (string?)setting.Value)))
        .Build();
}
