using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// One libav demuxer: over managed bytes, or over one of the two protocols that libav speaks here itself (RTMP and SRT, to an address that
/// was checked). Opens nothing else: its list of protocols is empty.
/// </summary>
internal sealed unsafe partial class DemuxedInput : FormatInput
{
    private static readonly TimeSpan s_lateTrack = TimeSpan.FromSeconds(1);

    private readonly StreamUrl _url;
    private readonly IngestOptions _options;
    private readonly Deadline _deadline;
    private GCHandle _deadlineHandle;        // freeing zeroes it, so that disposing twice frees it once
    private readonly PacketHandle _packet = PacketHandle.Alloc();
    private readonly Queue<SourcePacket> _early = new();
    private AVFormatContext* _context;
    private AVIOContext* _protocol;
    private string _container = "";
    private ReadIo? _io;
    private Exception? _broken;
    private long _counted;

    private DemuxedInput(StreamUrl url, IngestOptions options, Deadline deadline)
    {
        (_url, _options, _deadline) = (url, options, deadline);
        _deadlineHandle = GCHandle.Alloc(deadline);
    }

    /// <summary>Opens managed bytes.</summary>
    /// <param name="url">Where they come from, for messages.</param>
    /// <param name="body">The bytes; disposed with the input.</param>
    /// <param name="format">libav's name of the container; null to find out, among those that are allowed.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="deadline">The time limit, for opening and each read.</param>
    /// <exception cref="StreamException">The bytes are not media that is read here.</exception>
    public static DemuxedInput Open(StreamUrl url, Stream body, string? format, IngestOptions options, Deadline deadline)
    {
        var input = new DemuxedInput(url, options, deadline);
        try
        {
            input._io = new ReadIo(body, e => input._broken ??= e);
            input.Open(input._io.Pointer, format);
            return input;
        }
        catch
        {
            if (input._io is null) body.Dispose();
            input.Dispose();
            throw;
        }
    }

    /// <summary>Connects by a protocol of libav's and opens what comes.</summary>
    /// <exception cref="StreamException">The host cannot be reached or refuses, or what it sends is not media that is read here.</exception>
    public static DemuxedInput OpenProtocol(StreamUrl url, IngestOptions options, AddressGuard guard, Deadline deadline)
    {
        var input = new DemuxedInput(url, options, deadline);
        try
        {
            input.Connect(ProtocolSettings.For(url, guard, deadline));
            input.Open(input._protocol, url.Kind == StreamUrlKind.Srt ? "mpegts" : "flv");
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Container => _container;

    /// <inheritdoc/>
    public override TimeSpan? Duration => _context != null && _context->duration > 0 ? TimeSpan.FromMicroseconds(_context->duration) : null;

    /// <inheritdoc/>
    public override long BitRate => _context == null ? 0 : _context->bit_rate;

    /// <inheritdoc/>
    public override IReadOnlyList<TrackFormat> Tracks => _tracks;

    /// <inheritdoc/>
    public override TimeSpan Patience => _url.Kind == StreamUrlKind.Srt && _options.SrtReadTimeout < _options.ReadTimeout ? _options.SrtReadTimeout : _options.ReadTimeout;

    /// <inheritdoc/>
    public override bool TryRead(out SourcePacket packet) => _early.TryDequeue(out packet) || TryReadTimed(out packet);

    /// <inheritdoc/>
    public override void Dispose()
    {
        fixed (AVFormatContext** context = &_context) ffmpeg.avformat_close_input(context);
        fixed (AVIOContext** protocol = &_protocol) _ = ffmpeg.avio_closep(protocol);
        _io?.Dispose();
        _numbers?.Dispose();
        _packet.Dispose();
        NativeHeap.GiveBack(_deadline.Time);
        if (_deadlineHandle.IsAllocated) _deadlineHandle.Free();
    }

    private bool TryReadNext(out SourcePacket packet)
    {
        while (true)
        {
            _packet.Clear();
            var result = ffmpeg.av_read_frame(_context, _packet.Pointer);
            if (IsEnd(result) && !_deadline.IsOver && _broken is null)
            {
                packet = default;
                return false;
            }

            if (result < 0) throw Explain(result, "read");
            if (TrackOf(_packet.Pointer->stream_index) is not { } track) continue;
            packet = Copy(track);
            return true;
        }
    }

    // To an RTMP player a server that closes the connection is the end of the stream; libav reports it as an I/O error.
    private bool IsEnd(int result) => result == ffmpeg.AVERROR_EOF
        ? _context->pb == null || _context->pb->error == 0 || _context->pb->error == ffmpeg.AVERROR_EOF
        : _protocol != null && result == -ReadFailure.IoError;

    private AVIOInterruptCB Interrupt => new()
    {
        opaque = (void*)GCHandle.ToIntPtr(_deadlineHandle),
        callback = new AVIOInterruptCB_callback_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&IsOver },
    };

    private void Connect(ProtocolSettings settings)
    {
        var options = NativeOptions.Create(settings.Options);
        var interrupt = Interrupt;
        try
        {
            fixed (AVIOContext** protocol = &_protocol)
            {
                var result = ffmpeg.avio_open2(protocol, settings.Target, ffmpeg.AVIO_FLAG_READ, &interrupt, &options);
                if (result < 0) throw Explain(result, "open");
            }
        }
        finally
        {
            ffmpeg.av_dict_free(&options);
        }

        _deadline.IsConnected = true;
        if (settings.WaitsForPeer) _deadline.Set(_options.OpenTimeout); // from here on: until now nobody was there to be slow
    }

    private void Open(AVIOContext* io, string? format)
    {
        _context = ffmpeg.avformat_alloc_context();
        if (_context == null) throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "avformat_alloc_context", _url.ToString());
        _context->interrupt_callback = Interrupt;
        _context->max_streams = _options.MaxStreams;
        _context->pb = io;

        var native = NativeOptions.Create(FormatSettings.For(_options));
        try
        {
            fixed (AVFormatContext** context = &_context)
            {
                var result = ffmpeg.avformat_open_input(context, "", format is null ? null : ffmpeg.av_find_input_format(format), &native);
                if (result < 0) throw Explain(result, "open");
            }
        }
        finally
        {
            ffmpeg.av_dict_free(&native);
        }

        _container = Marshal.PtrToStringUTF8((nint)_context->iformat->name) ?? "";
        if (format == "flv") WaitForTracks();
        else FindTracks();
    }

    // FLV tells of its tracks by their first packets, which carry all that is needed: probing would only keep a live stream waiting. A track
    // that stays away for a second is announced when it comes.
    private void WaitForTracks()
    {
        var span = TimeSpan.Zero;
        double? first = null;
        while (!(Has(TrackKind.Video) && Has(TrackKind.Audio)) && span < s_lateTrack && TryReadNext(out var packet))
        {
            _early.Enqueue(packet);
            var at = (double)(packet.Time.Dts ?? 0) * packet.Time.Num / packet.Time.Den;
            span = TimeSpan.FromSeconds(Math.Clamp(at - (first ??= at), 0, 3600));
        }
    }

    private Exception Explain(int code, string what) =>
        _broken is StreamException refusal && !_deadline.IsOver ? refusal : ReadFailure.Explain(_url, _deadline, code, what, _broken?.Message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsOver(void* opaque) => ((Deadline)GCHandle.FromIntPtr((nint)opaque).Target!).Interrupts() ? 1 : 0;
}
