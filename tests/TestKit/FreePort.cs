using System.Net;
using System.Net.Sockets;

namespace Orchestrator.TestKit;

/// <summary>Ports and addresses that no other test of this machine uses.</summary>
public static class FreePort
{
    private static int _lastAddress = Random.Shared.Next(1 << 20);

    /// <summary>A TCP port that was free a moment ago; prefer port 0 wherever the server can report the port it took.</summary>
    public static int Next(string address = "127.0.0.1")
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A loopback address 127.x.y.z, so that fixed ports (a tenant's nodePort) of two tests do not meet.</summary>
    public static string NextAddress()
    {
        var number = Interlocked.Increment(ref _lastAddress) + (Environment.ProcessId << 8);
        return $"127.{1 + (number >> 16 & 0x7f)}.{number >> 8 & 0xff}.{1 + (number & 0xff) % 254}";
    }
}
