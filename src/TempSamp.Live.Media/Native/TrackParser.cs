using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Reads size, rate and channels out of a track's own headers, where the container does not say them: FLV, and formats that change in mid-stream.</summary>
internal static unsafe class TrackParser
{
    private const long MostPixels = 8192 * 8192; // the largest that options allow

    /// <summary>The track with what its headers say; unchanged where libav cannot tell.</summary>
    /// <param name="format">The track with its codec configuration.</param>
    /// <param name="packet">Its first packet.</param>
    public static TrackFormat Describe(TrackFormat format, ReadOnlySpan<byte> packet)
    {
        using var parameters = CodecParametersHandle.From(format);
        try
        {
            using var codec = CodecContextHandle.OpenDecoder(parameters.Pointer, new AVRational { num = 1, den = (int)MediaTime.TicksPerSecond }, context => (context->thread_count, context->max_pixels) = (1, MostPixels));
            if (format.Kind == TrackKind.Audio) return Sound(format, codec.Pointer);
            var parsed = Picture(format, codec, packet);
            return parsed.Width > 0 ? parsed : Decoded(parsed, codec.Pointer, packet);
        }
        catch (FFmpegException)
        {
            return format; // headers that no decoder takes: whoever decodes will say so
        }
    }

    private static TrackFormat Sound(TrackFormat format, AVCodecContext* codec) => format with
    {
        SampleRate = codec->sample_rate > 0 ? codec->sample_rate : format.SampleRate,
        Channels = codec->ch_layout.nb_channels > 0 ? codec->ch_layout.nb_channels : format.Channels,
        FrameSize = codec->frame_size > 0 ? codec->frame_size : format.FrameSize,
    };

    // Where the parser does not know sizes (VP9), the first picture does.
    private static TrackFormat Decoded(TrackFormat format, AVCodecContext* codec, ReadOnlySpan<byte> packet)
    {
        using var whole = PacketHandle.Alloc();
        using var picture = FrameHandle.Alloc();
        FFmpegException.Check(ffmpeg.av_new_packet(whole.Pointer, packet.Length), "av_new_packet", format.Codec);
        packet.CopyTo(new Span<byte>(whole.Pointer->data, packet.Length));
        FFmpegException.Check(ffmpeg.avcodec_send_packet(codec, whole.Pointer), "avcodec_send_packet", format.Codec);
        FFmpegException.Check(ffmpeg.avcodec_receive_frame(codec, picture.Pointer), "avcodec_receive_frame", format.Codec);
        return format with { Width = codec->width, Height = codec->height, Profile = codec->profile, Level = codec->level };
    }

    private static TrackFormat Picture(TrackFormat format, CodecContextHandle codec, ReadOnlySpan<byte> packet)
    {
        using var parser = FrameParser.For(codec);
        if (parser is null) return format;
        var said = parser.Parse(packet);
        return said->width > 0 && said->height > 0
            ? format with { Width = said->width, Height = said->height, Profile = codec.Pointer->profile, Level = codec.Pointer->level }
            : format;
    }
}
