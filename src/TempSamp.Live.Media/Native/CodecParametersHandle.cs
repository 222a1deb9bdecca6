using FFmpeg.AutoGen;
using Microsoft.Win32.SafeHandles;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Owns an <c>AVCodecParameters</c>, and translates between it and <see cref="TrackFormat"/>.</summary>
internal sealed unsafe class CodecParametersHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private CodecParametersHandle(AVCodecParameters* parameters) : base(ownsHandle: true) => SetHandle((nint)parameters);

    /// <summary>The parameters of a track.</summary>
    /// <exception cref="FFmpegException">libav has no codec of the track's name.</exception>
    public static CodecParametersHandle From(TrackFormat format)
    {
        FFmpegLibraries.Ensure();
        var descriptor = ffmpeg.avcodec_descriptor_get_by_name(format.Codec);
        if (descriptor == null) throw new FFmpegException(ffmpeg.AVERROR_DECODER_NOT_FOUND, "avcodec_descriptor_get_by_name", $"codec '{format.Codec}'");
        var parameters = ffmpeg.avcodec_parameters_alloc();
        if (parameters == null) throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "avcodec_parameters_alloc", format.Codec);

        var handle = new CodecParametersHandle(parameters);
        parameters->codec_type = format.Kind == TrackKind.Video ? AVMediaType.AVMEDIA_TYPE_VIDEO : AVMediaType.AVMEDIA_TYPE_AUDIO;
        parameters->codec_id = descriptor->id;
        (parameters->width, parameters->height) = (format.Width, format.Height);
        (parameters->sample_rate, parameters->frame_size) = (format.SampleRate, format.FrameSize);
        (parameters->profile, parameters->level) = (format.Profile, format.Level);
        if (format.PixelAspect > 0) parameters->sample_aspect_ratio = ffmpeg.av_d2q(format.PixelAspect, short.MaxValue);
        if (format.Rotation != 0) DisplayMatrix.Set(parameters, format.Rotation);
        if (format.Channels > 0) ffmpeg.av_channel_layout_default(&parameters->ch_layout, format.Channels);
        SetExtradata(parameters, format.CodecConfig.Span);
        return handle;
    }

    /// <summary>The track that native parameters describe.</summary>
    public static TrackFormat ToTrack(AVCodecParameters* parameters, int index, double frameRate) => new(
        index,
        parameters->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO ? TrackKind.Video : TrackKind.Audio,
        ffmpeg.avcodec_get_name(parameters->codec_id),
        new ReadOnlySpan<byte>(parameters->extradata, parameters->extradata_size).ToArray(),
        parameters->width, parameters->height, parameters->sample_rate, parameters->ch_layout.nb_channels, parameters->frame_size,
        frameRate, parameters->profile, parameters->level,
        parameters->sample_aspect_ratio is { num: > 0, den: > 0 } aspect ? (double)aspect.num / aspect.den : 0, DisplayMatrix.Rotation(parameters));

    /// <summary>The parameters; valid while the handle lives.</summary>
    public AVCodecParameters* Pointer => (AVCodecParameters*)handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var parameters = (AVCodecParameters*)handle;
        ffmpeg.avcodec_parameters_free(&parameters);
        return true;
    }

    private static void SetExtradata(AVCodecParameters* parameters, ReadOnlySpan<byte> config)
    {
        if (config.IsEmpty) return;
        parameters->extradata = (byte*)ffmpeg.av_mallocz((ulong)(config.Length + ffmpeg.AV_INPUT_BUFFER_PADDING_SIZE));
        parameters->extradata_size = config.Length;
        config.CopyTo(new Span<byte>(parameters->extradata, config.Length));
    }
}
