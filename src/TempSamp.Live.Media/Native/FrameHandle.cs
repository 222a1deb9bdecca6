using FFmpeg.AutoGen;
using Microsoft.Win32.SafeHandles;

namespace TempSamp.Live.Media;

/// <summary>Owns an <c>AVFrame</c> and its references to pixels or samples.</summary>
internal sealed unsafe class FrameHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private FrameHandle(AVFrame* frame) : base(ownsHandle: true) => SetHandle((nint)frame);

    /// <summary>A frame without data.</summary>
    public static FrameHandle Alloc()
    {
        FFmpegLibraries.Ensure();
        var frame = ffmpeg.av_frame_alloc();
        return frame != null ? new FrameHandle(frame) : throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "av_frame_alloc", "a frame");
    }

    /// <summary>A picture with memory of its own.</summary>
    public static FrameHandle AllocPicture(AVPixelFormat format, int width, int height)
    {
        var frame = Alloc();
        frame.Pointer->format = (int)format;
        frame.Pointer->width = width;
        frame.Pointer->height = height;
        frame.AllocBuffer($"a {width}x{height} picture");
        return frame;
    }

    /// <summary>A block of sound with memory of its own.</summary>
    /// <param name="format">Sample format.</param>
    /// <param name="channels">Number of channels, in libav's default layout.</param>
    /// <param name="sampleRate">Hertz.</param>
    /// <param name="samples">Samples per channel.</param>
    public static FrameHandle AllocSound(AVSampleFormat format, int channels, int sampleRate, int samples)
    {
        var frame = Alloc();
        frame.Pointer->format = (int)format;
        ffmpeg.av_channel_layout_default(&frame.Pointer->ch_layout, channels);
        frame.Pointer->sample_rate = sampleRate;
        frame.Pointer->nb_samples = samples;
        frame.AllocBuffer($"{samples} samples of {channels} channels");
        return frame;
    }

    /// <summary>The frame; valid while the handle lives.</summary>
    public AVFrame* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (AVFrame*)handle;
        }
    }

    /// <summary>Drops the data and resets the fields.</summary>
    public void Clear() => ffmpeg.av_frame_unref(Pointer);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var frame = (AVFrame*)handle;
        ffmpeg.av_frame_free(&frame);
        return true;
    }

    private void AllocBuffer(string what)
    {
        var result = ffmpeg.av_frame_get_buffer(Pointer, 0);
        if (result < 0)
        {
            Dispose();
            throw new FFmpegException(result, "av_frame_get_buffer", what);
        }
    }
}
