namespace Grpc.Core;

/// <summary>How a remote call ended.</summary>
/// <param name="statusCode">The code.</param>
/// <param name="detail">The reason in words.</param>
public struct Status(StatusCode statusCode, string detail)
{
    /// <summary>The code.</summary>
    public StatusCode StatusCode { get; } = statusCode;

    /// <summary>The reason in words.</summary>
    public string Detail { get; } = detail;

    /// <summary>Code and reason.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")";
}
