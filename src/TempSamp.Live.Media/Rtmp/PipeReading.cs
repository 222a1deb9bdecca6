using System.Buffers;
using System.IO.Pipelines;

namespace TempSamp.Live.Media;

/// <summary>Reads whole fields from a pipe.</summary>
internal static class PipeReading
{
    /// <summary>Fills <paramref name="into"/>.</summary>
    /// <exception cref="EndOfStreamException">The peer closed before that.</exception>
    public static async ValueTask ReadExactlyAsync(this PipeReader from, Memory<byte> into, CancellationToken cancel)
    {
        if (!await from.TryReadExactlyAsync(into, cancel).ConfigureAwait(false)) throw new EndOfStreamException("the peer closed the connection in the middle of a message");
    }

    /// <summary>Fills <paramref name="into"/>; false when the peer closed cleanly before the first byte of it.</summary>
    /// <exception cref="EndOfStreamException">The peer closed in the middle.</exception>
    public static async ValueTask<bool> TryReadExactlyAsync(this PipeReader from, Memory<byte> into, CancellationToken cancel)
    {
        var filled = 0;
        while (filled < into.Length)
        {
            var read = await from.ReadAsync(cancel).ConfigureAwait(false);
            var part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, into.Length - filled));
            part.CopyTo(into.Span[filled..]);
            filled += (int)part.Length;
            from.AdvanceTo(part.End);
            if (part.Length > 0 || !read.IsCompleted) continue;
            if (filled == 0) return false;
            throw new EndOfStreamException("the peer closed the connection in the middle of a message");
        }

        return true;
    }
}
