using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// The files that a demuxer opens on its own: playlists, segments, keys. Each one passes the URL policy, a playlist is checked as a whole, and
/// the bytes come from <see cref="ResourceReader"/>. A forbidden address ends the input; anything else that fails is the demuxer's to skip.
/// </summary>
internal sealed unsafe class NestedIo(ResourceReader resources, StreamUrl parent, Deadline deadline) : IDisposable
{
    private const int Eio = 5;

    private readonly HashSet<ReadIo> _open = [];

    /// <summary>Opens the parts.</summary>
    public ResourceReader Resources => resources;

    /// <summary>Why the input must end; null while all is well.</summary>
    public StreamException? Refusal { get; private set; }

    /// <summary>What last went wrong with a part that was skipped; null when nothing did since it was last taken.</summary>
    public string? Trouble { get; set; }

    /// <summary>Longest target duration of the playlists read so far.</summary>
    public TimeSpan TargetDuration { get; private set; }

    /// <summary>Puts this in charge of a context's nested files. <paramref name="self"/> must stay allocated as long as the context.</summary>
    public static void Attach(AVFormatContext* context, GCHandle self)
    {
        context->opaque = (void*)GCHandle.ToIntPtr(self);
        context->io_open = new AVFormatContext_io_open_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<AVFormatContext*, AVIOContext**, byte*, int, AVDictionary**, int>)&Open };
        context->io_close2 = new AVFormatContext_io_close2_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<AVFormatContext*, AVIOContext*, int>)&Close };
    }

    /// <summary>Opens bytes for the demuxer; a playlist comes back checked.</summary>
    public Stream Open(Resource resource, out bool isPlaylist)
    {
        var body = new PeekStream(resource.Body);
        isPlaylist = PlaylistGuard.IsPlaylist(body.Head);
        if (!isPlaylist) return body;
        using (body)
        {
            var (bytes, target) = PlaylistGuard.Check(body, resource.Url, resources.Policy);
            if (target > TargetDuration) TargetDuration = target;
            return new MemoryStream(bytes, writable: false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var io in _open) io.Dispose();
        _open.Clear();
    }

    /// <summary>Takes note of a failed read.</summary>
    public void Failed(Exception e)
    {
        if (e is StreamException { Reason: "forbidden" } refusal) Refusal ??= refusal;
        else if (!deadline.IsOver) Trouble = e.Message;
    }

    private ReadIo Open(string url, string? key, string? iv, long offset)
    {
        var plain = url.StartsWith("crypto", StringComparison.Ordinal) && url.Length > 7 && url[6] is '+' or ':' ? url[7..] : url;
        var body = Open(resources.OpenPart(resources.Policy.CheckNested(plain, parent), deadline), out _);
        if (offset > 0) body.Seek(offset, SeekOrigin.Begin);
        return new ReadIo(key is null ? body : Decrypted(body, key, iv), Failed);
    }

    private static CryptoStream Decrypted(Stream body, string key, string? iv)
    {
        using var aes = Aes.Create();
        aes.Mode = CipherMode.CBC;
        return new CryptoStream(body, aes.CreateDecryptor(Convert.FromHexString(key), Convert.FromHexString(iv ?? new string('0', 32))), CryptoStreamMode.Read);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(AVFormatContext* context, AVIOContext** io, byte* url, int flags, AVDictionary** options)
    {
        var self = (NestedIo)GCHandle.FromIntPtr((nint)context->opaque).Target!;
        try
        {
            if ((flags & ffmpeg.AVIO_FLAG_WRITE) != 0) return ffmpeg.AVERROR(ffmpeg.EINVAL);
            _ = long.TryParse(Option(options, "offset"), out var offset);
            var opened = self.Open(Marshal.PtrToStringUTF8((nint)url) ?? "", Option(options, "key"), Option(options, "iv"), offset);
            self._open.Add(opened);
            *io = opened.Pointer;
            return 0;
        }
        catch (Exception e) // native frames are below: nothing may pass them
        {
            self.Failed(e);
            return ffmpeg.AVERROR(Eio);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(AVFormatContext* context, AVIOContext* io)
    {
        if (io == null) return 0;
        var self = (NestedIo)GCHandle.FromIntPtr((nint)context->opaque).Target!;
        var opened = ReadIo.Of(io);
        self._open.Remove(opened);
        opened.Dispose();
        return 0;
    }

    private static string? Option(AVDictionary** options, string name)
    {
        var entry = options == null ? null : ffmpeg.av_dict_get(*options, name, null, 0);
        return entry == null ? null : Marshal.PtrToStringUTF8((nint)entry->value);
    }
}
