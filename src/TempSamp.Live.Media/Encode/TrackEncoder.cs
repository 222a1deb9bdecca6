using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>An encoder that feeds one track of a container.</summary>
internal sealed unsafe class TrackEncoder : IDisposable
{
    private readonly CodecContextHandle _encoder;
    private readonly MuxerHandle _muxer;
    private readonly string _name;
    private readonly int _track;
    private readonly PacketHandle _packet = PacketHandle.Alloc();

    /// <summary>Takes an open encoder over and adds its track to the container.</summary>
    public TrackEncoder(CodecContextHandle encoder, MuxerHandle muxer, string name)
    {
        (_encoder, _muxer, _name) = (encoder, muxer, name);
        _track = muxer.AddTrack(encoder);
    }

    /// <summary>The encoder's context.</summary>
    public AVCodecContext* Context => _encoder.Pointer;

    /// <summary>Encodes a frame and writes the packets that are ready.</summary>
    public void Encode(FrameHandle frame) => Send(frame.Pointer);

    /// <summary>Writes the packets that the encoder has held back.</summary>
    public void Finish() => Send(null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _packet.Dispose();
        _encoder.Dispose();
    }

    private void Send(AVFrame* frame)
    {
        FFmpegException.Check(ffmpeg.avcodec_send_frame(_encoder.Pointer, frame), "avcodec_send_frame", _name);
        while (true)
        {
            var result = ffmpeg.avcodec_receive_packet(_encoder.Pointer, _packet.Pointer);
            if (result == ffmpeg.AVERROR(ffmpeg.EAGAIN) || result == ffmpeg.AVERROR_EOF)
            {
                return;
            }
            FFmpegException.Check(result, "avcodec_receive_packet", _name);
            _muxer.Write(_packet, _track, _encoder.Pointer->time_base);
        }
    }
}
