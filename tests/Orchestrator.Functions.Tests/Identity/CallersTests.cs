using System.Security.Claims;
using System.Text;
using CsCheck;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Tests.Identity;

/// <summary>Who a caller is, and what it was granted.</summary>
public sealed class CallersTests
{
    private static readonly GrantTable None = new([]);

    [Theory]
    [InlineData("ann@contoso.com (a1)", "preferred_username=ann@contoso.com", "oid=a1")]
    [InlineData("ann@contoso.com (a1)", "upn=ann@contoso.com", "oid=a1", "appid=cli")]
    [InlineData("app:b2", "appid=b2", "oid=a1")]
    [InlineData("app:b2", "azp=b2", "oid=a1")]
    [InlineData("a1", "oid=a1")]
    [InlineData("s3", "sub=s3")]
    [InlineData("unknown")]
    [InlineData("ann__mallory__b2_ (a1)", "preferred_username=ann (mallory) b2)", "oid=a1")]
    [InlineData("ann_admin_ (a1)", "preferred_username=ann\nadmin:", "oid=a1")]
    public void An_identity_is_readable_and_cannot_be_made_up(string name, params string[] claims) =>
        Assert.Equal(name, Callers.OfClaims(CallerKind.Token, Claims(claims), None).Name);

    [Fact]
    public void An_identity_fits_into_a_decision() => Gen.Select(Gen.String, Gen.String).Sample((user, id) =>
    {
        var name = Callers.OfClaims(CallerKind.Token, [new("preferred_username", user), new("oid", id)], None).Name;
        return name.Length <= 130 && !name.Any(char.IsControl);
    });

    [Theory]
    [InlineData(Role.Reader, "roles=orchestrator.reader")]
    [InlineData(Role.Admin, "roles=orchestrator.reader", "roles=orchestrator.admin")]
    [InlineData(Role.None, "roles=admin", "roles=ORCHESTRATOR.ADMIN", "scp=orchestrator.admin")]
    [InlineData(Role.Operator, "oid=a1")]
    [InlineData(Role.Operator, "groups=g2", "groups=A1")]
    [InlineData(Role.None, "oid=key:ci")]
    [InlineData(Role.None, "groups=key")]
    [InlineData(Role.None, "sub=a1")]
    public void A_role_comes_from_the_token_or_from_a_grant(Role role, params string[] claims)
    {
        var grants = new GrantTable([("a1", new(Role.Operator)), ("key:ci", new(Role.Admin)), ("key", new(Role.Admin))]);
        var caller = Callers.OfClaims(CallerKind.Token, Claims(claims), grants);
        Assert.Equal(role, Enum.GetValues<Role>().Where(each => each == Role.None || caller.Has(each, "foo")).Max());
    }

    [Fact]
    public void A_key_may_do_all_unless_it_has_a_grant()
    {
        var grants = new GrantTable([("key:ci", new(Role.Operator, ["foo"])), ("key:off", new(Role.None))]);

        Assert.True(Callers.OfKey("key:other", grants).Has(Role.Admin, null));
        Assert.True(Callers.OfKey("key:CI", grants).Has(Role.Operator, "foo"));
        Assert.False(Callers.OfKey("key:ci", grants).Has(Role.Reader, "bar"));
        Assert.False(Callers.OfKey("key:off", grants).HasAnywhere(Role.Reader));
    }

    [Fact]
    public void The_platforms_header_is_read_with_long_and_short_names_of_claims()
    {
        const string Principal = """
            {"auth_typ":"aad","claims":[{"typ":"http://schemas.microsoft.com/identity/claims/objectidentifier","val":"a1"},
            {"typ":"preferred_username","val":"ann@contoso.com"},{"typ":"roles","val":"orchestrator.reader"}],"name_typ":"x","role_typ":"y"}
            """;
        var caller = Callers.OfClaims(CallerKind.Platform, ClientPrincipal.Read(Base64(Principal))!, None);

        Assert.Equal("ann@contoso.com (a1)", caller.Name);
        Assert.True(caller.Has(Role.Reader, null));
    }

    [Theory]
    [InlineData("?")]
    [InlineData("")]
    [InlineData("bnVsbA==")]
    [InlineData("e30=")]
    public void A_header_of_the_platform_that_makes_no_sense_is_none(string header) => Assert.Null(ClientPrincipal.Read(header));

    [Fact]
    public void A_header_of_the_platform_with_half_a_claim_is_none() => Assert.Null(ClientPrincipal.Read(Base64("""{"claims":[{"typ":"oid"}]}""")));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static Claim[] Claims(string[] claims) =>
        [.. claims.Select(claim => claim.Split('=', 2)).Select(parts => new Claim(parts[0], parts[1]))];
}
