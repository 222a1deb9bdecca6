using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Reads a picture's size out of a track's own headers, for a format that changes in mid-stream: the container does not say it again.</summary>
internal static unsafe class TrackParser
{
    private const int CompleteFrames = 1; // PARSER_FLAG_COMPLETE_FRAMES: the data is one whole frame

    /// <summary>The track with the size that its first packet has; unchanged when libav cannot tell.</summary>
    /// <param name="format">The track with its new codec configuration.</param>
    /// <param name="packet">Its first packet.</param>
    public static TrackFormat Describe(TrackFormat format, ReadOnlySpan<byte> packet)
    {
        if (format.Kind != TrackKind.Video) return format;
        using var parameters = CodecParametersHandle.From(format);
        using var codec = CodecContextHandle.OpenDecoder(parameters.Pointer, new AVRational { num = 1, den = (int)MediaTime.TicksPerSecond }, context => context->thread_count = 1);
        var parser = ffmpeg.av_parser_init((int)parameters.Pointer->codec_id);
        if (parser == null) return format;
        try
        {
            parser->flags |= CompleteFrames;
            byte* whole;
            int length;
            var padded = new byte[packet.Length + ffmpeg.AV_INPUT_BUFFER_PADDING_SIZE];
            packet.CopyTo(padded);
            fixed (byte* bytes = padded)
                _ = ffmpeg.av_parser_parse2(parser, codec.Pointer, &whole, &length, bytes, packet.Length, ffmpeg.AV_NOPTS_VALUE, ffmpeg.AV_NOPTS_VALUE, 0);
            return parser->width > 0 && parser->height > 0
                ? format with { Width = parser->width, Height = parser->height, Profile = codec.Pointer->profile, Level = codec.Pointer->level }
                : format;
        }
        finally
        {
            ffmpeg.av_parser_close(parser);
        }
    }
}
