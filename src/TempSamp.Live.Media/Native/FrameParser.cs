using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A libav parser that is given whole pictures, one after the other, and reads their headers without decoding them.</summary>
internal sealed unsafe class FrameParser : IDisposable
{
    private const int CompleteFrames = 1; // PARSER_FLAG_COMPLETE_FRAMES: the data is one whole frame

    private readonly AVCodecContext* _codec;
    private AVCodecParserContext* _parser;

    private FrameParser(AVCodecContext* codec, AVCodecParserContext* parser)
    {
        _codec = codec;
        _parser = parser;
        _parser->flags |= CompleteFrames;
    }

    /// <summary>Makes a parser.</summary>
    /// <param name="codec">Whose pictures come, with their headers; outlives the parser.</param>
    /// <returns>Null where libav has none for the codec.</returns>
    public static FrameParser? For(CodecContextHandle codec)
    {
        var parser = ffmpeg.av_parser_init((int)codec.Pointer->codec_id);
        return parser == null ? null : new FrameParser(codec.Pointer, parser);
    }

    /// <summary>Reads the next picture.</summary>
    /// <returns>What the headers say; valid until the next call.</returns>
    public AVCodecParserContext* Parse(ReadOnlySpan<byte> packet)
    {
        byte* whole;
        int length;
        var padded = new byte[packet.Length + ffmpeg.AV_INPUT_BUFFER_PADDING_SIZE];
        packet.CopyTo(padded);
        fixed (byte* bytes = padded)
            _ = ffmpeg.av_parser_parse2(_parser, _codec, &whole, &length, bytes, packet.Length, ffmpeg.AV_NOPTS_VALUE, ffmpeg.AV_NOPTS_VALUE, 0);
        return _parser;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ffmpeg.av_parser_close(_parser);
        _parser = null;
    }
}
