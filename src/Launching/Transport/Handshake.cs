using System.Security.Cryptography;
using System.Text;

namespace Lhts.Launching.Transport;

/// <summary>
/// Two processes prove to each other that they know the run's secret, without saying it. The one that connects speaks first and with a proof: to a stranger
/// not a byte is answered. Numbers that each draws anew make the proofs, and the key of this connection, good for this once.
/// </summary>
internal static class Handshake
{
    private const int NonceBytes = 32;
    private const int ProofBytes = HMACSHA256.HashSizeInBytes;
    private const byte FromClient = 0;
    private const byte FromServer = 1;

    /// <summary>The side that connects.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="secret">The run's secret; null for none, and then nothing is exchanged.</param>
    /// <returns>The seals; null where the other side does not know the secret.</returns>
    public static async Task<Seals?> AsClientAsync(Stream stream, byte[]? secret)
    {
        if (secret is null) return Open(null, isServer: false);
        var mine = RandomNumberGenerator.GetBytes(NonceBytes);
        await stream.WriteAsync((byte[])[.. mine, .. Proof(secret, "hello", mine, [])]);
        var answer = new byte[NonceBytes + ProofBytes];
        await stream.ReadExactlyAsync(answer);
        var theirs = answer[..NonceBytes];
        if (!IsProof(answer.AsSpan(NonceBytes), secret, "server", mine, theirs)) return null;
        await stream.WriteAsync(Proof(secret, "client", mine, theirs));
        return Open(Proof(secret, "session", mine, theirs), isServer: false);
    }

    /// <summary>The side that is connected to.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="secret">The run's secret; null for none, and then nothing is exchanged.</param>
    /// <returns>The seals; null where the other side does not know the secret.</returns>
    public static async Task<Seals?> AsServerAsync(Stream stream, byte[]? secret)
    {
        if (secret is null) return Open(null, isServer: true);
        var hello = new byte[NonceBytes + ProofBytes];
        await stream.ReadExactlyAsync(hello);
        var theirs = hello[..NonceBytes];
        if (!IsProof(hello.AsSpan(NonceBytes), secret, "hello", theirs, [])) return null;
        var mine = RandomNumberGenerator.GetBytes(NonceBytes);
        await stream.WriteAsync((byte[])[.. mine, .. Proof(secret, "server", theirs, mine)]);
        var proof = new byte[ProofBytes];
        await stream.ReadExactlyAsync(proof);
        return IsProof(proof, secret, "client", theirs, mine) ? Open(Proof(secret, "session", theirs, mine), isServer: true) : null;
    }

    private static Seals Open(byte[]? key, bool isServer)
    {
        var (client, server) = (new Seal(key, FromClient), new Seal(key, FromServer));
        return isServer ? new Seals(server, client) : new Seals(client, server);
    }

    private static bool IsProof(ReadOnlySpan<byte> proof, byte[] secret, string purpose, byte[] client, byte[] server) =>
        CryptographicOperations.FixedTimeEquals(proof, Proof(secret, purpose, client, server));

    private static byte[] Proof(byte[] secret, string purpose, byte[] client, byte[] server) =>
        HMACSHA256.HashData(secret, (byte[])[.. Encoding.ASCII.GetBytes($"lhts {purpose}\n"), .. client, .. server]);
}
