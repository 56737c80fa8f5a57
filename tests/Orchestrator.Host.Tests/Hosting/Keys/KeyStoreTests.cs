using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Input;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting.Keys;

/// <summary>The keys of a running host, and their files.</summary>
public sealed class KeyStoreTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();
    private readonly FakeTimeProvider time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly KeyStore store;

    public KeyStoreTests() => store = new(folder.Path, time, NullLogger<KeyStore>.Instance);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_master_key_is_made_once_and_read_by_its_owner_alone()
    {
        var data = folder["data"];
        Assert.Null(MasterKey.Find(data));

        var key = MasterKey.Ensure(data);

        Assert.Equal(64, key.Length);
        Assert.Equal(key, MasterKey.Ensure(data));
        Assert.Equal(key, MasterKey.Find(data));
        AssertPrivate(MasterKey.PathIn(data));
    }

    [Fact]
    public void The_file_of_keys_is_private_and_holds_no_value()
    {
        var value = Make("ci");

        AssertPrivate(KeyRingFile.PathIn(folder.Path));
        Assert.DoesNotContain(value, File.ReadAllText(KeyRingFile.PathIn(folder.Path)), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["keys.json", "keys.lock"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_new_key_opens_at_once_and_a_removed_one_no_longer()
    {
        Assert.Null(store.Find("anything"));

        var value = Make("ci");
        Assert.Equal(new(KeyScope.Host, "key:ci"), store.Find(value));

        Change(ring => ring.Closed(KeyScope.Host, "CI", until: null));
        Assert.Null(store.Find(value));
    }

    [Fact]
    public void A_rotated_value_opens_until_its_grace_is_over()
    {
        var old = Make("ci");
        var value = MasterKey.NewValue();
        Change(ring => ring.Closed(KeyScope.Host, "ci", Now + TimeSpan.FromMinutes(10)).With(KeyScope.Host, "ci", value, Now));

        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.NotNull(store.Find(old));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(store.Find(old));
        Assert.NotNull(store.Find(value));
    }

    [Fact]
    public void A_grace_is_never_made_longer_and_a_rotation_without_one_closes_all()
    {
        var first = Make("ci");
        Change(ring => ring.Closed(KeyScope.Host, "ci", Now + TimeSpan.FromMinutes(1)).With(KeyScope.Host, "ci", MasterKey.NewValue(), Now));
        Change(ring => ring.Closed(KeyScope.Host, "ci", Now + TimeSpan.FromHours(1)).With(KeyScope.Host, "ci", MasterKey.NewValue(), Now));
        Assert.NotNull(store.Find(first));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(store.Find(first));

        var last = MasterKey.NewValue();
        Change(ring => ring.Closed(KeyScope.Host, "ci", until: null).With(KeyScope.Host, "ci", last, Now));
        Assert.Equal("ci", Assert.Single(KeyRingFile.Load(folder.Path).Keys).Name);
        Assert.NotNull(store.Find(last));
    }

    [Fact]
    public void Keys_of_one_name_in_two_scopes_are_two()
    {
        var host = Make("ci");
        var function = new KeyScope(KeyKind.Function, "ListTenants");
        var value = MasterKey.NewValue();
        Change(ring => ring.With(function, "ci", value, Now));

        Assert.Equal("key:ListTenants/ci", store.Find(value)!.Identity);
        Change(ring => ring.Closed(KeyScope.Host, "ci", until: null));
        Assert.Null(store.Find(host));
        Assert.NotNull(store.Find(value));
    }

    [Fact]
    public void A_renewed_master_key_takes_the_old_ones_place()
    {
        var old = MasterKey.Ensure(folder.Path);
        Assert.Equal(new(KeyScope.Master, "key:master"), store.Find(old));

        var value = MasterKey.Renew(folder.Path);

        Assert.Null(store.Find(old));
        Assert.NotNull(store.Find(value));
        AssertPrivate(MasterKey.PathIn(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"keys":[{"scope":"host","name":"ci"}]}""")]
    [InlineData("""{"keys":[{"scope":"all","name":"ci","salt":"","hash":"","madeAt":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"keys":[{"scope":"host","name":"ci","salt":"?","hash":"","madeAt":"2026-01-01T00:00:00Z"}]}""")]
    public void A_damaged_file_says_what_to_do_and_leaves_the_master_key(string text)
    {
        var value = Make("ci");
        var master = MasterKey.Ensure(folder.Path);
        Assert.NotNull(store.Find(value));
        File.WriteAllText(KeyRingFile.PathIn(folder.Path), text);

        var error = Assert.Throws<InputException>(() => KeyRingFile.Load(folder.Path));

        Assert.Contains("keys.json is damaged", error.Message, StringComparison.Ordinal);
        Assert.Contains("orc keys set", error.Message, StringComparison.Ordinal);
        Assert.Null(store.Find(value));
        Assert.NotNull(store.Find(master));
    }

    [Fact]
    public void Two_changes_at_once_are_one_change_and_one_error()
    {
        var error = Assert.Throws<InputException>(() => KeyRingFile.Change(
            folder.Path, ring => KeyRingFile.Change(folder.Path, inner => (inner, (ring, 0)))));
        Assert.Contains("try again", error.Message, StringComparison.Ordinal);
    }

    private static void AssertPrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    private string Make(string name)
    {
        var value = MasterKey.NewValue();
        Change(ring => ring.With(KeyScope.Host, name, value, Now));
        return value;
    }

    private void Change(Func<KeyRing, KeyRing> change) => KeyRingFile.Change(folder.Path, ring => (change(ring), true));
}
