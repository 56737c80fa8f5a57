using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Tests.Identity;

/// <summary>The settings of identities and grants.</summary>
public sealed class AccessSettingsTests
{
    private const string TenantId = "11111111-2222-3333-4444-555555555555";

    [Fact]
    public void A_tenant_of_entra_has_two_issuers_and_its_own_metadata()
    {
        var settings = EntraSettings.Read(Settings($"Entra:TenantId={TenantId}", "Entra:Audience=api://orchestrator, app-id"))!;

        Assert.Equal($"https://login.microsoftonline.com/{TenantId}/v2.0/.well-known/openid-configuration", settings.Metadata.AbsoluteUri);
        Assert.Equal([$"https://login.microsoftonline.com/{TenantId}/v2.0", $"https://sts.windows.net/{TenantId}/"], settings.Issuers);
        Assert.Equal(["api://orchestrator", "app-id"], settings.Audiences);
    }

    [Fact]
    public void Another_issuer_is_known_by_its_metadata_alone()
    {
        var settings = EntraSettings.Read(Settings("Entra:Authority=https://issuer.example/", "Entra:Audience=app"))!;

        Assert.Equal("https://issuer.example/.well-known/openid-configuration", settings.Metadata.AbsoluteUri);
        Assert.Empty(settings.Issuers);
    }

    [Fact]
    public void Without_settings_no_token_is_accepted() => Assert.Null(EntraSettings.Read(Settings()));

    [Fact]
    public void Grants_are_read_with_their_tenants()
    {
        var grants = GrantTable.Read(Settings(
            "Grants:0:Principal=a1", "Grants:0:Role=operator", "Grants:0:Tenants=foo, bar",
            "Grants:1:Principal=A1", "Grants:1:Role=Reader", "Grants:1:Tenants=*"));
        var caller = new Caller(CallerKind.Token, "ann", grants.To(["a1"]));

        Assert.True(caller.Has(Role.Operator, "bar"));
        Assert.False(caller.Has(Role.Operator, "baz"));
        Assert.True(caller.Has(Role.Reader, null));
    }

    [Theory]
    [InlineData("Orchestrator__Entra__Audience is missing", $"Entra:TenantId={TenantId}")]
    [InlineData("Orchestrator__Entra__TenantId is missing", "Entra:Audience=app")]
    [InlineData("Orchestrator__Entra__TenantId is 'common'", "Entra:TenantId=common", "Entra:Audience=app")]
    [InlineData("give an address with https", "Entra:Authority=http://issuer.example", "Entra:Audience=app")]
    [InlineData("Orchestrator__Entra__Platform is 'yes'", "Entra:Platform=yes")]
    [InlineData("Orchestrator__Grants__0__Principal is missing", "Grants:0:Role=reader", "Grants:0:Tenants=*")]
    [InlineData("Orchestrator__Grants__0__Role is 'owner'", "Grants:0:Principal=a1", "Grants:0:Role=owner", "Grants:0:Tenants=*")]
    [InlineData("Orchestrator__Grants__0__Role is '3'", "Grants:0:Principal=a1", "Grants:0:Role=3", "Grants:0:Tenants=*")]
    [InlineData("Orchestrator__Grants__0__Tenants is missing", "Grants:0:Principal=a1", "Grants:0:Role=reader")]
    [InlineData("Orchestrator__Grants__0__Tenants names 'Foo'", "Grants:0:Principal=a1", "Grants:0:Role=reader", "Grants:0:Tenants=bar,Foo")]
    [InlineData("Orchestrator__Grants__0__Tenants names '*'", "Grants:0:Principal=a1", "Grants:0:Role=reader", "Grants:0:Tenants=bar,*")]
    public void What_makes_no_sense_is_named(string message, params string[] settings)
    {
        var error = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddAccess(Settings(settings)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Settings(params string[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings
            .Select(setting => setting.Split('=', 2))
            .Select(parts => KeyValuePair.Create($"Orchestrator:{parts[0]}", (string?)parts[1])))
        .Build();
}
