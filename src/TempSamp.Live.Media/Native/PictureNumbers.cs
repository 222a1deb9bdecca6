using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>In which order the pictures of an H.264 or HEVC track are shown, as they themselves say.</summary>
internal sealed class PictureNumbers : IDisposable
{
    private readonly CodecContextHandle _codec;
    private readonly FrameParser? _parser;
    private readonly CleanStart _cleanStart;
    private long _sequence;

    private unsafe PictureNumbers(TrackFormat track, long sequence)
    {
        _sequence = sequence;
        using var parameters = CodecParametersHandle.From(track);
        _codec = CodecContextHandle.OpenDecoder(parameters.Pointer, new AVRational { num = 1, den = (int)MediaTime.TicksPerSecond }, context => context->thread_count = 1);
        _parser = FrameParser.For(_codec);
        _cleanStart = new CleanStart(track);
    }

    /// <summary>Starts with a track.</summary>
    /// <param name="track">The track.</param>
    /// <param name="before">Of the same pictures before the format changed: theirs are shown first. Null at the start.</param>
    /// <returns>Null for codecs that do not number their pictures, or not where libav can see it.</returns>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    public static PictureNumbers? Of(TrackFormat track, PictureNumbers? before) => track.Codec is "h264" or "hevc" ? new(track, before is null ? 0 : before._sequence + 1) : null;

    /// <summary>The number of the next packet's picture: of two pictures that with the smaller one is shown first.</summary>
    public unsafe long Next(SourcePacket packet)
    {
        if (packet.IsKey && _cleanStart.At(packet.Data)) _sequence++; // numbers start anew
        return _parser is null ? _sequence << 32 : (_sequence << 32) + _parser.Parse(packet.Data)->output_picture_number;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parser?.Dispose();
        _codec.Dispose();
    }
}
