using System.Runtime.InteropServices;
using FFmpeg.AutoGen;
using Microsoft.Win32.SafeHandles;

namespace TempSamp.Live.Media;

/// <summary>Sets fields of a codec context before it is opened.</summary>
internal unsafe delegate void CodecSetup(AVCodecContext* context);

/// <summary>Owns an open <c>AVCodecContext</c>: a decoder or an encoder.</summary>
internal sealed unsafe class CodecContextHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private CodecContextHandle(AVCodecContext* context) : base(ownsHandle: true) => SetHandle((nint)context);

    /// <summary>Opens the decoder for a stream's parameters.</summary>
    /// <exception cref="FFmpegException">This FFmpeg has no such decoder, or it refuses the parameters.</exception>
    public static CodecContextHandle OpenDecoder(AVCodecParameters* parameters, AVRational packetTimeBase, CodecSetup? setup = null)
    {
        FFmpegLibraries.Ensure();
        var name = ffmpeg.avcodec_get_name(parameters->codec_id);
        var codec = ffmpeg.avcodec_find_decoder(parameters->codec_id);
        if (codec == null)
        {
            throw new FFmpegException(ffmpeg.AVERROR_DECODER_NOT_FOUND, "avcodec_find_decoder", name);
        }
        var handle = Alloc(codec, name);
        return handle.Open(codec, [], $"{name} decoder", () =>
        {
            FFmpegException.Check(ffmpeg.avcodec_parameters_to_context(handle.Pointer, parameters), "avcodec_parameters_to_context", name);
            handle.Pointer->pkt_timebase = packetTimeBase;
            handle.Pointer->flags |= ffmpeg.AV_CODEC_FLAG_UNALIGNED; // cropped to the pixel, not to what lies well in memory
            setup?.Invoke(handle.Pointer);
        });
    }

    /// <summary>Opens an encoder by name.</summary>
    /// <param name="name">libav's name, such as <c>libx264</c>.</param>
    /// <param name="setup">Sets size, rate, format and flags.</param>
    /// <param name="options">The encoder's private options.</param>
    /// <exception cref="FFmpegException">This FFmpeg has no such encoder, or it refuses the setup.</exception>
    public static CodecContextHandle OpenEncoder(string name, CodecSetup setup, params IEnumerable<KeyValuePair<string, string>> options)
    {
        FFmpegLibraries.Ensure();
        var codec = ffmpeg.avcodec_find_encoder_by_name(name);
        if (codec == null)
        {
            throw new FFmpegException(ffmpeg.AVERROR_ENCODER_NOT_FOUND, "avcodec_find_encoder_by_name", name);
        }
        var handle = Alloc(codec, name);
        return handle.Open(codec, options, $"{name} encoder", () => setup(handle.Pointer));
    }

    /// <summary>The context; valid while the handle lives.</summary>
    public AVCodecContext* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (AVCodecContext*)handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var context = (AVCodecContext*)handle;
        ffmpeg.avcodec_free_context(&context);
        return true;
    }

    private static CodecContextHandle Alloc(AVCodec* codec, string name)
    {
        var context = ffmpeg.avcodec_alloc_context3(codec);
        return context != null ? new CodecContextHandle(context) : throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "avcodec_alloc_context3", name);
    }

    private CodecContextHandle Open(AVCodec* codec, IEnumerable<KeyValuePair<string, string>> pairs, string target, Action setup)
    {
        AVDictionary* options = null;
        try
        {
            setup();
            options = NativeOptions.Create(pairs);
            FFmpegException.Check(ffmpeg.avcodec_open2(Pointer, codec, &options), "avcodec_open2", target);
            NativeOptions.ThrowUnknown(options, "avcodec_open2", target);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            ffmpeg.av_dict_free(&options);
        }
    }
}
