namespace Orchestrator.Durable.Engine.Store;

/// <summary>The store cannot be used: it is owned by another process, too new, or its disk fails. The message says what to do.</summary>
public class StoreException : IOException
{
    /// <summary>Creates the exception.</summary>
    public StoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A stored row does not match its checksum or cannot be read; the instance it belongs to is quarantined.</summary>
public sealed class DamagedRowException(string message, Exception? innerException = null) : StoreException(message, innerException);

/// <summary>Another process took the store over; nothing of this one is committed any more.</summary>
public sealed class StoreFencedException(string message) : StoreException(message);

/// <summary>A turn was computed from a history that has changed since; its results are discarded.</summary>
internal sealed class StaleTurnException(string message) : StoreException(message);
