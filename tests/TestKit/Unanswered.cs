using System.Net.Sockets;

namespace Orchestrator.TestKit;

/// <summary>How an HTTP call ends that nobody answers.</summary>
public static class Unanswered
{
    /// <summary>
    /// Whether a call failed on its way. A connection that the other side resets in the moment it stands is a bare <see cref="SocketException"/> of
    /// <c>get_RemoteEndPoint</c> (seen on .NET 10.0.12), every other trouble an <see cref="HttpRequestException"/>.
    /// </summary>
    public static bool Is(Exception e) => e is HttpRequestException or SocketException;
}
