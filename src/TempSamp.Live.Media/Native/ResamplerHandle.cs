using FFmpeg.AutoGen;
using Microsoft.Win32.SafeHandles;

namespace TempSamp.Live.Media;

/// <summary>Owns a <c>SwrContext</c>: converts sample format, rate and channel layout.</summary>
internal sealed unsafe class ResamplerHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private ResamplerHandle(SwrContext* context) : base(ownsHandle: true) => SetHandle((nint)context);

    /// <summary>Makes a converter from what a decoded frame holds to planar float.</summary>
    /// <param name="from">A decoded block.</param>
    /// <param name="channels">Channels of the result, in libav's default layout.</param>
    /// <param name="sampleRate">Hertz of the result.</param>
    /// <exception cref="FFmpegException">swresample does not convert between these.</exception>
    public static ResamplerHandle Open(AVFrame* from, int channels, int sampleRate)
    {
        FFmpegLibraries.Ensure();
        SwrContext* context = null;
        AVChannelLayout layout;
        ffmpeg.av_channel_layout_default(&layout, channels);
        var result = ffmpeg.swr_alloc_set_opts2(
            &context, &layout, AVSampleFormat.AV_SAMPLE_FMT_FLTP, sampleRate, &from->ch_layout, (AVSampleFormat)from->format, from->sample_rate, 0, null);
        ffmpeg.av_channel_layout_uninit(&layout);
        FFmpegException.Check(result, "swr_alloc_set_opts2", "a block of sound");
        var handle = new ResamplerHandle(context);
        result = ffmpeg.swr_init(context);
        if (result >= 0) return handle;
        handle.Dispose();
        throw new FFmpegException(result, "swr_init", $"{from->sample_rate} Hz to {sampleRate} Hz");
    }

    /// <summary>The context; valid while the handle lives.</summary>
    public SwrContext* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (SwrContext*)handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var context = (SwrContext*)handle;
        ffmpeg.swr_free(&context);
        return true;
    }
}
