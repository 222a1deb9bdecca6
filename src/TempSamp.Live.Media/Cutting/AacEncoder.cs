using System.Diagnostics;
using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Encodes blocks of sound, each put at its time, into one unbroken AAC track that starts at time 0.</summary>
internal sealed unsafe class AacEncoder : IDisposable
{
    private const string Codec = "aac";
    private const int BitsPerChannel = 80_000;

    /// <summary>Times that differ from the count of samples by less are taken as meant to follow: containers round to milliseconds.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(10);

    private readonly CodecContextHandle _encoder;
    private readonly PacketHandle _packet = PacketHandle.Alloc();
    private readonly FrameHandle _block;
    private readonly int _channels, _rate, _blockSize;
    private readonly long _length;
    private readonly List<ClipSample> _samples = [];
    private long _position;
    private int _filled;

    /// <summary>Opens the encoder.</summary>
    /// <param name="form">A rate that AAC has, and 1 to 8 channels, not 7.</param>
    /// <param name="length">How long the track becomes.</param>
    public AacEncoder(SoundForm form, MediaTime length)
    {
        var (sampleRate, channels) = Form = form;
        (_channels, _rate) = (channels, sampleRate);
        _length = At(length);
        _encoder = CodecContextHandle.OpenEncoder(Codec, context =>
        {
            context->sample_rate = sampleRate;
            context->sample_fmt = AVSampleFormat.AV_SAMPLE_FMT_FLTP;
            context->time_base = new AVRational { num = 1, den = sampleRate };
            context->bit_rate = (long)BitsPerChannel * channels;
            context->thread_count = 1;
            context->flags |= ffmpeg.AV_CODEC_FLAG_GLOBAL_HEADER | ffmpeg.AV_CODEC_FLAG_BITEXACT;
            ffmpeg.av_channel_layout_default(&context->ch_layout, channels);
        });
        _blockSize = _encoder.Pointer->frame_size;
        _block = FrameHandle.AllocSound(AVSampleFormat.AV_SAMPLE_FMT_FLTP, channels, sampleRate, _blockSize);
    }

    /// <summary>What it takes.</summary>
    public SoundForm Form { get; }

    /// <summary>Puts a block where it is heard; a hole before it is filled with silence, what is heard already or lies outside is left out.</summary>
    public void Put(float[][] block, MediaTime at)
    {
        Debug.Assert(block.Length == _channels);
        var start = At(at);
        if (Math.Abs(start - _position) <= s_slack.TotalSeconds * _rate) start = _position;
        while (_position < Math.Min(start, _length)) Add(null, 0);
        for (var i = (int)Math.Max(0, _position - start); i < block[0].Length && _position < _length; i++) Add(block, i);
    }

    /// <summary>Fills up with silence to the track's length and gives the track.</summary>
    /// <param name="source">What it was decoded from: gives the track its number.</param>
    public ClipTrack Finish(TrackFormat source)
    {
        while (_position < _length) Add(null, 0);
        if (_filled > 0) Encode();
        Send(null);
        var config = new ReadOnlySpan<byte>(_encoder.Pointer->extradata, _encoder.Pointer->extradata_size).ToArray();
        var format = source with
        {
            Codec = Codec, CodecConfig = config, SampleRate = _rate, Channels = _channels, FrameSize = _blockSize, Profile = _encoder.Pointer->profile, Level = -99,
        };
        return new(format, _rate, [.. _samples.Where(s => s.Pts < _length).Select(s => s with { Duration = Math.Min(s.Duration, _length - s.Pts) })]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _block.Dispose();
        _packet.Dispose();
        _encoder.Dispose();
    }

    private long At(MediaTime time) => (long)Math.Round(time.Ticks * (double)_rate / MediaTime.TicksPerSecond);

    private void Add(float[][]? block, int index)
    {
        for (var channel = 0; channel < _channels; channel++)
            ((float*)_block.Pointer->extended_data[channel])[_filled] = block is null ? 0 : block[channel][index];
        _position++;
        if (++_filled == _blockSize) Encode();
    }

    private void Encode()
    {
        (_block.Pointer->nb_samples, _block.Pointer->pts) = (_filled, _position - _filled);
        _filled = 0;
        Send(_block.Pointer);
        FFmpegException.Check(ffmpeg.av_frame_make_writable(_block.Pointer), "av_frame_make_writable", "a block of sound");
    }

    private void Send(AVFrame* frame)
    {
        FFmpegException.Check(ffmpeg.avcodec_send_frame(_encoder.Pointer, frame), "avcodec_send_frame", Codec);
        while (true)
        {
            var result = ffmpeg.avcodec_receive_packet(_encoder.Pointer, _packet.Pointer);
            if (result == ffmpeg.AVERROR(ffmpeg.EAGAIN) || result == ffmpeg.AVERROR_EOF) return;
            FFmpegException.Check(result, "avcodec_receive_packet", Codec);
            _samples.Add(new(_packet.Pointer->pts, _packet.Pointer->pts, _blockSize, true, _packet.Data.ToArray()));
        }
    }
}
