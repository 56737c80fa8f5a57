namespace Grpc.Core;

/// <summary>How a remote call ended; the codes of gRPC.</summary>
public enum StatusCode
{
    /// <summary>Well.</summary>
    OK = 0,

    /// <summary>The caller cancelled it.</summary>
    Cancelled = 1,

    /// <summary>By an error without a code.</summary>
    Unknown = 2,

    /// <summary>An argument is wrong whatever the state.</summary>
    InvalidArgument = 3,

    /// <summary>Its time was over.</summary>
    DeadlineExceeded = 4,

    /// <summary>There is no such thing.</summary>
    NotFound = 5,

    /// <summary>There is such a thing already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not.</summary>
    PermissionDenied = 7,

    /// <summary>Something is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The state does not allow it.</summary>
    FailedPrecondition = 9,

    /// <summary>Something else was faster.</summary>
    Aborted = 10,

    /// <summary>Past the end.</summary>
    OutOfRange = 11,

    /// <summary>The server does not do that.</summary>
    Unimplemented = 12,

    /// <summary>The server is broken.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached now.</summary>
    Unavailable = 14,

    /// <summary>Data is lost.</summary>
    DataLoss = 15,

    /// <summary>The caller did not say who it is.</summary>
    Unauthenticated = 16,
}
