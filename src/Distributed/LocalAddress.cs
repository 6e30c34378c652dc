using System.Net;
using System.Net.Sockets;

namespace Lhts.Distributed;

/// <summary>Which of this machine's addresses others reach it by.</summary>
public static class LocalAddress
{
    /// <summary>The address that packets to a host leave from. Nothing is sent: a datagram socket only asks the routing table.</summary>
    /// <exception cref="SocketException">The name is not known, or no route leads there.</exception>
    public static string Towards(string host)
    {
        var target = IPAddress.TryParse(host, out var given) ? given : Dns.GetHostAddresses(host)[0];
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(target, port: 9));
        return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
    }
}
