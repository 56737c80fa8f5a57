using System.Collections.Immutable;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>The keys of a host but for the master key; what is done to them is pure.</summary>
/// <param name="Keys">In the order they were made in.</param>
internal sealed record KeyRing(ImmutableList<StoredKey> Keys)
{
    /// <summary>The only name of a system key: the management API's.</summary>
    public const string DurableTask = "durabletask_extension";

    /// <summary>The name of the master key.</summary>
    public const string Master = "master";

    public static KeyRing Empty { get; } = new([]);

    /// <summary>The key with this value; null when none is open at this moment. Every key is compared, so that the time tells nothing.</summary>
    public StoredKey? Find(string value, DateTime now)
    {
        StoredKey? found = null;
        foreach (var key in Keys)
        {
            found = key.Matches(value) && key.IsOpen(now) ? key : found;
        }

        return found;
    }

    /// <summary>Whether there is a key of this name that no rotation has replaced.</summary>
    public bool Has(KeyScope scope, string name) => Keys.Exists(key => Is(key, scope, name) && key.Until is null);

    /// <summary>With one more value; those of the same name that are there stay.</summary>
    public KeyRing With(KeyScope scope, string name, string value, DateTime now) => new(Keys.Add(StoredKey.Of(scope, name, value, now)));

    /// <summary>Lets the values of a name open until a moment; null closes them at once.</summary>
    public KeyRing Closed(KeyScope scope, string name, DateTime? until) => new(
    [
        .. Keys.Where(key => until is not null || !Is(key, scope, name))
            .Select(key => Is(key, scope, name) && !(key.Until < until) ? key with { Until = until } : key),
    ]);

    /// <summary>Without what opens nothing any more.</summary>
    public KeyRing Pruned(DateTime now) => new(Keys.RemoveAll(key => !key.IsOpen(now)));

    private static bool Is(StoredKey key, KeyScope scope, string name) =>
        string.Equals(key.Scope, $"{scope}", StringComparison.OrdinalIgnoreCase) && string.Equals(key.Name, name, StringComparison.OrdinalIgnoreCase);
}
