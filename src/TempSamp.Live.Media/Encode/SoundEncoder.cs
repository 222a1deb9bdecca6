using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Turns interleaved samples into the AAC track of a file.</summary>
internal sealed unsafe class SoundEncoder : IDisposable
{
    private const string Codec = "aac";

    private readonly TrackEncoder _encoder;
    private readonly FrameHandle _frame;
    private readonly int _channels;
    private readonly int _blockSize;
    private int _filled;
    private long _next;

    private SoundEncoder(TrackEncoder encoder, int channels)
    {
        (_encoder, _channels, _blockSize) = (encoder, channels, encoder.Context->frame_size);
        _frame = FrameHandle.AllocSound(AVSampleFormat.AV_SAMPLE_FMT_FLTP, channels, encoder.Context->sample_rate, _blockSize);
    }

    /// <summary>Opens the encoder and adds its track to the container.</summary>
    public static SoundEncoder Open(VideoFileOptions options, MuxerHandle muxer)
    {
        var globalHeader = muxer.WantsGlobalHeader;
        var encoder = CodecContextHandle.OpenEncoder(Codec, context =>
        {
            context->sample_rate = options.SampleRate;
            context->sample_fmt = AVSampleFormat.AV_SAMPLE_FMT_FLTP;
            context->time_base = new AVRational { num = 1, den = options.SampleRate };
            context->bit_rate = options.AudioBitRate;
            context->thread_count = 1;
            context->flags |= ffmpeg.AV_CODEC_FLAG_BITEXACT | (globalHeader ? ffmpeg.AV_CODEC_FLAG_GLOBAL_HEADER : 0);
            ffmpeg.av_channel_layout_default(&context->ch_layout, options.Channels);
        });
        return new SoundEncoder(new TrackEncoder(encoder, muxer, Codec), options.Channels);
    }

    /// <summary>Encodes 16-bit samples.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        CheckWhole(samples.Length);
        for (var i = 0; i < samples.Length; i += _channels)
        {
            for (var channel = 0; channel < _channels; channel++)
            {
                Put(channel, samples[i + channel] / 32768f);
            }
            Advance();
        }
    }

    /// <summary>Encodes samples from -1 to 1.</summary>
    public void Write(ReadOnlySpan<float> samples)
    {
        CheckWhole(samples.Length);
        for (var i = 0; i < samples.Length; i += _channels)
        {
            for (var channel = 0; channel < _channels; channel++)
            {
                Put(channel, samples[i + channel]);
            }
            Advance();
        }
    }

    /// <summary>Encodes the last, shorter block and writes what waits in the encoder.</summary>
    public void Finish()
    {
        if (_filled > 0)
        {
            Encode();
        }
        _encoder.Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _frame.Dispose();
        _encoder.Dispose();
    }

    private void CheckWhole(int count)
    {
        if (count % _channels != 0)
        {
            throw new ArgumentException($"{count} values are not whole samples of {_channels} channels");
        }
    }

    private void Put(int channel, float value) => ((float*)_frame.Pointer->data[(uint)channel])[_filled] = value;

    private void Advance()
    {
        if (++_filled == _blockSize)
        {
            Encode();
        }
    }

    private void Encode()
    {
        var frame = _frame.Pointer;
        frame->nb_samples = _filled;
        frame->pts = _next;
        _next += _filled;
        _filled = 0;
        _encoder.Encode(_frame);
        FFmpegException.Check(ffmpeg.av_frame_make_writable(frame), "av_frame_make_writable", "a block of sound");
    }
}
