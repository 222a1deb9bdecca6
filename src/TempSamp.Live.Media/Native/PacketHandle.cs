using FFmpeg.AutoGen;
using Microsoft.Win32.SafeHandles;

namespace TempSamp.Live.Media;

/// <summary>Owns an <c>AVPacket</c> and its reference to the data.</summary>
internal sealed unsafe class PacketHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private PacketHandle(AVPacket* packet) : base(ownsHandle: true) => SetHandle((nint)packet);

    /// <summary>An empty packet.</summary>
    public static PacketHandle Alloc()
    {
        FFmpegLibraries.Ensure();
        var packet = ffmpeg.av_packet_alloc();
        return packet != null ? new PacketHandle(packet) : throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "av_packet_alloc", "a packet");
    }

    /// <summary>The packet; valid while the handle lives.</summary>
    public AVPacket* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (AVPacket*)handle;
        }
    }

    /// <summary>The encoded bytes; valid until the packet is changed.</summary>
    public ReadOnlySpan<byte> Data => new(Pointer->data, Pointer->size);

    /// <summary>Drops the data and resets the fields.</summary>
    public void Clear() => ffmpeg.av_packet_unref(Pointer);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var packet = (AVPacket*)handle;
        ffmpeg.av_packet_free(&packet);
        return true;
    }
}
