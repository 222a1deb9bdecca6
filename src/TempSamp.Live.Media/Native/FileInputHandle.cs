using FFmpeg.AutoGen;
using Microsoft.Win32.SafeHandles;

namespace TempSamp.Live.Media;

/// <summary>Owns the <c>AVFormatContext</c> of a local media file that is read from its start.</summary>
/// <remarks>For files that the operator names; addresses from outside go through the stream source and its policy.</remarks>
internal sealed unsafe class FileInputHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly string _path;

    private FileInputHandle(AVFormatContext* context, string path) : base(ownsHandle: true)
    {
        _path = path;
        SetHandle((nint)context);
    }

    /// <summary>Opens a file and learns its tracks.</summary>
    /// <param name="path">The file.</param>
    /// <param name="probe">Whether pictures are decoded to learn what the container does not say; an MP4 of our own says all.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FFmpegException">The file is not readable as media.</exception>
    public static FileInputHandle Open(string path, bool probe = true)
    {
        FFmpegLibraries.Ensure();
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"there is no file '{path}'", path);
        }
        AVFormatContext* context = null;
        var options = NativeOptions.Create([new("protocol_whitelist", "file")]);
        try
        {
            FFmpegException.Check(ffmpeg.avformat_open_input(&context, Path.GetFullPath(path), null, &options), "avformat_open_input", $"'{path}'");
        }
        finally
        {
            ffmpeg.av_dict_free(&options);
        }
        var input = new FileInputHandle(context, path);
        try
        {
            if (probe) FFmpegException.Check(ffmpeg.avformat_find_stream_info(context, null), "avformat_find_stream_info", $"'{path}'");
            return input;
        }
        catch
        {
            input.Dispose();
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

    /// <summary>Number of the stream that libav finds best for a kind; null when there is none.</summary>
    public int? BestStream(AVMediaType kind) =>
        ffmpeg.av_find_best_stream(Pointer, kind, -1, -1, null, 0) is >= 0 and var index ? index : null;

    /// <summary>Reads the next packet of any stream; false at the end.</summary>
    public bool TryRead(PacketHandle packet)
    {
        packet.Clear();
        var result = ffmpeg.av_read_frame(Pointer, packet.Pointer);
        return result != ffmpeg.AVERROR_EOF && FFmpegException.Check(result, "av_read_frame", $"'{_path}'") >= 0;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var context = (AVFormatContext*)handle;
        ffmpeg.avformat_close_input(&context);
        return true;
    }
}
