using Microsoft.Extensions.Logging;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>A key that a caller has.</summary>
/// <param name="Scope">What it opens.</param>
/// <param name="Identity">Who uses it, e.g. <c>key:ci</c>.</param>
internal sealed record KnownKey(KeyScope Scope, string Identity);

/// <summary>The keys of a running host: the master key and those of <c>orc keys</c>, as they stand in its data directory now.</summary>
internal sealed partial class KeyStore
{
    private readonly WatchedFile<StoredMaster> master;
    private readonly WatchedFile<KeyRing> ring;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    public KeyStore(string dataDirectory, TimeProvider time, ILogger<KeyStore> logger)
    {
        this.time = time;
        this.logger = logger;
        master = new(MasterKey.PathIn(dataDirectory), text => new(
            MasterKey.Read(text) is { } key ? StoredKey.Of(KeyScope.Master, KeyRing.Master, key, default) : null), LogUnreadable);
        ring = new(KeyRingFile.PathIn(dataDirectory), text => Read(KeyRingFile.PathIn(dataDirectory), text), LogUnreadable);
    }

    /// <summary>The key with this value; null when it opens nothing.</summary>
    public KnownKey? Find(string value)
    {
        var found = ring.Current.Find(value, time.GetUtcNow().UtcDateTime);
        var key = master.Current.Key is { } known && known.Matches(value) ? known : found;
        return key is null ? null : new(KeyScope.Parse(key.Scope)!, key.Identity);
    }

    // Whoever spoils the file closes it: keys that were taken back must not come to life by it.
    private KeyRing Read(string path, string? text)
    {
        try
        {
            return KeyRingFile.Read(path, text);
        }
        catch (InputException e)
        {
            LogDamaged(e.Message);
            return KeyRing.Empty;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    private partial void LogDamaged(string problem);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The keys in a file cannot be read and open nothing: give the file to the user of this server and start it again.")]
    private partial void LogUnreadable(Exception exception);

    private sealed record StoredMaster(StoredKey? Key);
}
