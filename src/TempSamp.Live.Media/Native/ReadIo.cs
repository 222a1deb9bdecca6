using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Lets libav read a managed stream. Owns the stream and the native context.</summary>
/// <param name="body">The bytes.</param>
/// <param name="failed">Told of an exception in a read; libav itself only learns that the read failed.</param>
internal sealed unsafe class ReadIo : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly Stream _body;
    private readonly Action<Exception> _failed;
    private readonly GCHandle _self;
    private AVIOContext* _context;

    public ReadIo(Stream body, Action<Exception> failed)
    {
        (_body, _failed, _self) = (body, failed, GCHandle.Alloc(this));
        _context = ffmpeg.avio_alloc_context((byte*)ffmpeg.av_malloc(BufferBytes), BufferBytes, 0, (void*)GCHandle.ToIntPtr(_self),
            new avio_alloc_context_read_packet_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, byte*, int, int>)&Read },
            default,
            body.CanSeek ? new avio_alloc_context_seek_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, long, int, long>)&Seek } : default);
        if (_context == null) throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "avio_alloc_context", "a reader");
    }

    /// <summary>The native context; valid until disposed.</summary>
    public AVIOContext* Pointer => _context;

    /// <summary>The reader behind a native context that this class made.</summary>
    public static ReadIo Of(AVIOContext* context) => From(context->opaque);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_context == null) return;
        ffmpeg.av_free(_context->buffer);
        fixed (AVIOContext** context = &_context) ffmpeg.avio_context_free(context);
        _self.Free();
        _body.Dispose();
    }

    private static ReadIo From(void* opaque) => (ReadIo)GCHandle.FromIntPtr((nint)opaque).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(void* opaque, byte* buffer, int count)
    {
        var io = From(opaque);
        try
        {
            var read = io._body.Read(new Span<byte>(buffer, count));
            return read > 0 ? read : ffmpeg.AVERROR_EOF;
        }
        catch (Exception e) // native frames are below: nothing may pass them
        {
            io._failed(e);
            return ffmpeg.AVERROR_EXIT;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Seek(void* opaque, long offset, int whence)
    {
        var io = From(opaque);
        try
        {
            if ((whence & ffmpeg.AVSEEK_SIZE) != 0) return io._body.Length;
            return io._body.Seek(offset, (SeekOrigin)(whence & 3));
        }
        catch (Exception e)
        {
            io._failed(e);
            return ffmpeg.AVERROR_EXIT;
        }
    }
}
