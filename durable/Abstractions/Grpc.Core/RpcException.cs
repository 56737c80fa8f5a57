namespace Grpc.Core;

/// <summary>A remote call failed. The client throws it, as the genuine one does, for an instance that is unknown or in the wrong state.</summary>
public class RpcException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="status">How the call ended.</param>
    public RpcException(Status status)
        : this(status, status.ToString())
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="message">The message.</param>
    public RpcException(Status status, string message)
        : base(message) => Status = status;

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;
}
