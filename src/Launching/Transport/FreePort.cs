using System.Net;
using System.Net.Sockets;

namespace Lhts.Launching.Transport;

/// <summary>Finds ports.</summary>
internal static class FreePort
{
    /// <summary>
    /// A port that nobody listens on, from the system's range. Where another program takes it before the store does, rank 0 fails and the next generation gets
    /// another.
    /// </summary>
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
