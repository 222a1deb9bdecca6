using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FFmpeg.AutoGen;
using Microsoft.Win32.SafeHandles;

namespace TempSamp.Live.Media;

/// <summary>Owns an output <c>AVFormatContext</c> and the file or connection that it writes to.</summary>
/// <remarks>Add tracks, write the header once, write packets, finish. Disposing without finishing leaves an incomplete file.</remarks>
internal sealed unsafe class MuxerHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly string _target;
    private GCHandle _cancel;

    private MuxerHandle(AVFormatContext* context, string target, CancellationToken cancel) : base(ownsHandle: true)
    {
        _target = target;
        _cancel = GCHandle.Alloc(cancel);
        SetHandle((nint)context);
    }

    /// <summary>Opens a file or address for writing.</summary>
    /// <param name="location">A path or URL.</param>
    /// <param name="target">How errors name it: without a secret.</param>
    /// <param name="format">libav's name of the container; null to go by the file name's extension.</param>
    /// <param name="cancel">Ends blocking network calls.</param>
    /// <param name="options">Options of the protocol.</param>
    /// <exception cref="FFmpegException">The format is unknown, or the file or address cannot be opened.</exception>
    public static MuxerHandle Open(
        string location, string target, string? format = null, CancellationToken cancel = default, params IEnumerable<KeyValuePair<string, string>> options)
    {
        FFmpegLibraries.Ensure();
        AVFormatContext* context = null;
        FFmpegException.Check(ffmpeg.avformat_alloc_output_context2(&context, null, format, location), "avformat_alloc_output_context2", target);
        var muxer = new MuxerHandle(context, target, cancel);
        try
        {
            context->flags |= ffmpeg.AVFMT_FLAG_BITEXACT;
            context->max_interleave_delta = 0;
            context->interrupt_callback.callback.Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&IsCancelled;
            context->interrupt_callback.opaque = (void*)GCHandle.ToIntPtr(muxer._cancel);
            if ((context->oformat->flags & ffmpeg.AVFMT_NOFILE) == 0) muxer.OpenOutput(location, options); // the others open files of their own
            return muxer;
        }
        catch
        {
            muxer.Dispose();
            throw;
        }
    }

    /// <summary>The context; valid while the handle lives.</summary>
    public AVFormatContext* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (AVFormatContext*)handle;
        }
    }

    /// <summary>Whether encoders have to put their headers into the codec parameters instead of the packets.</summary>
    public bool WantsGlobalHeader => (Pointer->oformat->flags & ffmpeg.AVFMT_GLOBALHEADER) != 0;

    /// <summary>Adds a track with a copy of the parameters and returns its number.</summary>
    public int AddTrack(AVCodecParameters* parameters, AVRational timeBase)
    {
        var stream = NewStream(timeBase);
        FFmpegException.Check(ffmpeg.avcodec_parameters_copy(stream->codecpar, parameters), "avcodec_parameters_copy", _target);
        stream->codecpar->codec_tag = 0;
        return stream->index;
    }

    /// <summary>Adds a track of what an encoder makes and returns its number.</summary>
    public int AddTrack(CodecContextHandle encoder)
    {
        var stream = NewStream(encoder.Pointer->time_base);
        stream->avg_frame_rate = encoder.Pointer->framerate;
        FFmpegException.Check(ffmpeg.avcodec_parameters_from_context(stream->codecpar, encoder.Pointer), "avcodec_parameters_from_context", _target);
        return stream->index;
    }

    /// <summary>Writes the header with the container's options; libav may then choose other time bases for the tracks.</summary>
    public void WriteHeader(params IEnumerable<KeyValuePair<string, string>> options)
    {
        var dictionary = NativeOptions.Create(options);
        try
        {
            FFmpegException.Check(ffmpeg.avformat_write_header(Pointer, &dictionary), "avformat_write_header", _target);
            NativeOptions.ThrowUnknown(dictionary, "avformat_write_header", _target);
        }
        finally
        {
            ffmpeg.av_dict_free(&dictionary);
        }
    }

    /// <summary>Writes a packet in its place between those of the other tracks. Takes the packet's data and leaves the packet empty.</summary>
    /// <param name="packet">Its times are in <paramref name="timeBase"/>.</param>
    /// <param name="track">Number of the track.</param>
    /// <param name="timeBase">Unit of the packet's times.</param>
    public void Write(PacketHandle packet, int track, AVRational timeBase)
    {
        ffmpeg.av_packet_rescale_ts(packet.Pointer, timeBase, Pointer->streams[track]->time_base);
        packet.Pointer->stream_index = track;
        FFmpegException.Check(ffmpeg.av_interleaved_write_frame(Pointer, packet.Pointer), "av_interleaved_write_frame", _target);
    }

    /// <summary>Writes what is waiting and the trailer, and closes the output.</summary>
    public void Finish()
    {
        FFmpegException.Check(ffmpeg.av_write_trailer(Pointer), "av_write_trailer", _target);
        FFmpegException.Check(ffmpeg.avio_closep(&Pointer->pb), "avio_closep", _target);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var context = (AVFormatContext*)handle;
        _ = ffmpeg.avio_closep(&context->pb);
        ffmpeg.avformat_free_context(context);
        _cancel.Free();
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsCancelled(void* cancel) =>
        ((CancellationToken)GCHandle.FromIntPtr((nint)cancel).Target!).IsCancellationRequested ? 1 : 0;

    private void OpenOutput(string location, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var options = NativeOptions.Create(pairs);
        try
        {
            FFmpegException.Check(
                ffmpeg.avio_open2(&Pointer->pb, location, ffmpeg.AVIO_FLAG_WRITE, &Pointer->interrupt_callback, &options), "avio_open2", _target);
        }
        finally
        {
            ffmpeg.av_dict_free(&options);
        }
    }

    private AVStream* NewStream(AVRational timeBase)
    {
        var stream = ffmpeg.avformat_new_stream(Pointer, null);
        if (stream == null)
        {
            throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "avformat_new_stream", _target);
        }
        stream->time_base = timeBase;
        return stream;
    }
}
