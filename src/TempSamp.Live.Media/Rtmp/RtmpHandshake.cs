using System.IO.Pipelines;
using System.Security.Cryptography;

namespace TempSamp.Live.Media;

/// <summary>The server's side of the plain RTMP handshake (specification 5.2): version and random bytes cross, each side echoes the other's.</summary>
internal static class RtmpHandshake
{
    private const byte Version = 3;
    private const int Length = 1536;

    /// <summary>Exchanges C0, C1, C2 for S0, S1, S2.</summary>
    /// <exception cref="RtmpException">The client speaks something else.</exception>
    public static async Task AcceptAsync(PipeReader from, Stream to, CancellationToken cancel)
    {
        var hello = new byte[1 + Length];
        await from.ReadExactlyAsync(hello, cancel).ConfigureAwait(false);
        if (hello[0] != Version) throw new RtmpException($"the client speaks RTMP version {hello[0]}, not {Version}");

        var reply = new byte[1 + Length + Length];
        reply[0] = Version;
        RandomNumberGenerator.Fill(reply.AsSpan(1 + 8, Length - 8)); // time and version stay zero: no digest scheme
        hello.AsSpan(1).CopyTo(reply.AsSpan(1 + Length));
        await to.WriteAsync(reply, cancel).ConfigureAwait(false);

        await from.ReadExactlyAsync(new byte[Length], cancel).ConfigureAwait(false);
    }
}
