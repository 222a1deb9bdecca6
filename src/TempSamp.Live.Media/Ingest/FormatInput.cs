using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// The one place where an address becomes a demuxer. RTMP goes through libav's own client; everything else is read through managed streams
/// (<see cref="ResourceReader"/>, a publisher's <see cref="FlvPipe"/>). Gives the first video and the first audio track.
/// </summary>
/// <remarks>Blocking; used from one thread. An own HLS client takes its place for playlists later.</remarks>
internal sealed unsafe class FormatInput : IDisposable
{
    private const ulong LargestBlock = 512UL * 1024 * 1024;

    private static readonly TimeSpan s_lateTrack = TimeSpan.FromSeconds(1);

    private readonly StreamUrl _url;
    private readonly IngestOptions _options;
    private readonly Deadline _deadline;
    private readonly NestedIo _nested;
    private readonly GCHandle _nestedHandle, _deadlineHandle;
    private readonly PacketHandle _packet = PacketHandle.Alloc();
    private readonly List<TrackFormat> _tracks = [];
    private readonly Dictionary<int, int> _trackOfStream = [];
    private readonly Queue<SourcePacket> _early = new();
    private AVFormatContext* _context;
    private ReadIo? _io;

    private FormatInput(StreamUrl url, ResourceReader resources, IngestOptions options, Deadline deadline)
    {
        (_url, _options, _deadline) = (url, options, deadline);
        _nested = new NestedIo(resources, url, deadline);
        _nestedHandle = GCHandle.Alloc(_nested);
        _deadlineHandle = GCHandle.Alloc((deadline, _nested));
    }

    /// <summary>Opens an address that passed the policy and reads until its tracks are known.</summary>
    /// <param name="url">The address.</param>
    /// <param name="published">The bytes of a publisher for <see cref="StreamUrlKind.Listen"/>; disposed with the input.</param>
    /// <param name="resources">Opens files and HTTP addresses.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="deadline">The time limit; set by the caller for opening and before each read.</param>
    /// <exception cref="StreamException">The input cannot be opened.</exception>
    public static FormatInput Open(StreamUrl url, Stream? published, ResourceReader resources, IngestOptions options, Deadline deadline)
    {
        FFmpegLibraries.Ensure(options.FFmpegPath);
        ffmpeg.av_max_alloc(LargestBlock);
        Resource? resource = null;
        if (url.Kind is StreamUrlKind.File or StreamUrlKind.Http)
        {
            resource = ReadFailure.Try(url, deadline, () => resources.Open(url, deadline));
            url = resource.Url;
        }

        var input = new FormatInput(url, resources, options, deadline);
        try
        {
            input.Open(resource, published);
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>Name of the container, as libav calls it.</summary>
    public string Container => Marshal.PtrToStringUTF8((nint)_context->iformat->name) ?? "";

    /// <summary>Declared length; null for live streams.</summary>
    public TimeSpan? Duration => _context->duration > 0 ? TimeSpan.FromMicroseconds(_context->duration) : null;

    /// <summary>Declared bits per second; 0 when unknown.</summary>
    public long BitRate => _context->bit_rate;

    /// <summary>Tracks known so far; grows when a live stream's second track appears late.</summary>
    public IReadOnlyList<TrackFormat> Tracks => _tracks;

    /// <summary>How long the source may be silent.</summary>
    public TimeSpan Patience => _nested.TargetDuration * 3 > _options.ReadTimeout ? _nested.TargetDuration * 3 : _options.ReadTimeout;

    /// <summary>What last went wrong with a part of the source that was skipped; null when nothing did since the last call.</summary>
    public string? TakeTrouble()
    {
        var trouble = _nested.Trouble;
        _nested.Trouble = null;
        return trouble;
    }

    /// <summary>Reads the next packet of a kept track.</summary>
    /// <returns>False at the end of the input.</returns>
    /// <exception cref="StreamException">The input broke, was refused, or was silent for too long.</exception>
    public bool TryRead(out SourcePacket packet) => _early.TryDequeue(out packet) || TryReadNext(out packet);

    /// <inheritdoc/>
    public void Dispose()
    {
        fixed (AVFormatContext** context = &_context) ffmpeg.avformat_close_input(context);
        _nested.Dispose();
        _io?.Dispose();
        _packet.Dispose();
        if (_nestedHandle.IsAllocated) _nestedHandle.Free();
        if (_deadlineHandle.IsAllocated) _deadlineHandle.Free();
    }

    private bool TryReadNext(out SourcePacket packet)
    {
        while (true)
        {
            _packet.Clear();
            var result = ffmpeg.av_read_frame(_context, _packet.Pointer);
            if (IsEnd(result) && !_deadline.IsOver && _nested.Refusal is null)
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
        : _url.Kind == StreamUrlKind.Rtmp && result == -ReadFailure.IoError;

    private void Open(Resource? resource, Stream? published)
    {
        _context = ffmpeg.avformat_alloc_context();
        if (_context == null) throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "avformat_alloc_context", _url.ToString());
        if (_url.Kind != StreamUrlKind.Rtmp) NestedIo.Attach(_context, _nestedHandle); // RTMP is the one protocol that libav speaks itself, and names no other files
        _context->interrupt_callback.opaque = (void*)GCHandle.ToIntPtr(_deadlineHandle);
        _context->interrupt_callback.callback = new AVIOInterruptCB_callback_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&IsOver };
        _context->max_streams = _options.MaxStreams;

        var isPlaylist = false;
        var body = resource is null ? published : ReadFailure.Try(_url, _deadline, () => _nested.Open(resource, out isPlaylist));
        if (body is not null)
        {
            _io = new ReadIo(body, _nested.Failed);
            _context->pb = _io.Pointer;
        }

        var format = isPlaylist ? "hls" : _url.Kind is StreamUrlKind.Listen or StreamUrlKind.Rtmp ? "flv" : null;
        var settings = FormatSettings.For(_url, isPlaylist, _options, _nested.Resources.Guard, _deadline);
        var native = NativeOptions.Create(settings.Options);
        try
        {
            fixed (AVFormatContext** context = &_context)
            {
                var result = ffmpeg.avformat_open_input(context, settings.Target, format is null ? null : ffmpeg.av_find_input_format(format), &native);
                if (result < 0) throw Explain(result, "open");
            }
        }
        finally
        {
            ffmpeg.av_dict_free(&native);
        }

        if (format == "flv") WaitForTracks();
        else FindTracks();
    }

    // FLV tells of its tracks by their first packets, which carry all that is needed: probing would only keep a live stream waiting. A track
    // that stays away for a second is announced when it comes.
    private void WaitForTracks()
    {
        var span = TimeSpan.Zero;
        double? first = null;
        while (!(Has(AVMediaType.AVMEDIA_TYPE_VIDEO) && Has(AVMediaType.AVMEDIA_TYPE_AUDIO)) && span < s_lateTrack && TryReadNext(out var packet))
        {
            _early.Enqueue(packet);
            var at = (double)(packet.Time.Dts ?? 0) * packet.Time.Num / packet.Time.Den;
            span = TimeSpan.FromSeconds(Math.Clamp(at - (first ??= at), 0, 3600));
        }
    }

    private void FindTracks()
    {
        var count = (int)_context->nb_streams;
        var perStream = stackalloc AVDictionary*[Math.Max(1, count)];
        for (var i = 0; i < count; i++)
            perStream[i] = NativeOptions.Create([new("max_pixels", _options.MaxPixels.ToString(CultureInfo.InvariantCulture)), new("threads", "1")]);
        var result = ffmpeg.avformat_find_stream_info(_context, perStream);
        for (var i = 0; i < count; i++) ffmpeg.av_dict_free(&perStream[i]);
        if (_deadline.IsOver || _nested.Refusal is not null || result < 0) throw Explain(result, "find the tracks of");

        var video = ffmpeg.av_find_best_stream(_context, AVMediaType.AVMEDIA_TYPE_VIDEO, -1, -1, null, 0);
        var audio = ffmpeg.av_find_best_stream(_context, AVMediaType.AVMEDIA_TYPE_AUDIO, -1, video, null, 0);
        if (video >= 0) Keep(video);
        if (audio >= 0) Keep(audio);
        for (var i = 0; i < (int)_context->nb_streams; i++)
            if (!_trackOfStream.ContainsKey(i) && Has(_context->streams[i]->codecpar->codec_type)) _context->streams[i]->discard = AVDiscard.AVDISCARD_ALL;
    }

    private bool Has(AVMediaType type) => type switch
    {
        AVMediaType.AVMEDIA_TYPE_VIDEO => _tracks.Any(t => t.Kind == TrackKind.Video),
        AVMediaType.AVMEDIA_TYPE_AUDIO => _tracks.Any(t => t.Kind == TrackKind.Audio),
        _ => true,
    };

    private int? TrackOf(int index)
    {
        if (_trackOfStream.TryGetValue(index, out var known)) return known;
        var stream = _context->streams[index];
        if (stream->discard == AVDiscard.AVDISCARD_ALL || Has(stream->codecpar->codec_type)) return null;
        if (Keep(index) is not { } track) return null;
        _tracks[track] = Bounded(TrackParser.Describe(_tracks[track], _packet.Data));
        return track;
    }

    private int? Keep(int index)
    {
        var stream = _context->streams[index];
        var parameters = stream->codecpar;
        if (parameters->codec_id == AVCodecID.AV_CODEC_ID_NONE || (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0) return null;
        var rate = parameters->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO ? ffmpeg.av_guess_frame_rate(_context, stream, null) : default;
        _tracks.Add(Bounded(CodecParametersHandle.ToTrack(parameters, _tracks.Count, rate.den > 0 ? (double)rate.num / rate.den : 0)));
        return _trackOfStream[index] = _tracks.Count - 1;
    }

    private TrackFormat Bounded(TrackFormat format) => (long)format.Width * format.Height <= _options.MaxPixels ? format
        : throw new StreamException($"{_url} has pictures of {format.Width}x{format.Height}, more than the {_options.MaxPixels} pixels allowed. Lower the stream's resolution or raise {IngestOptions.Section}:MaxPixels.", "forbidden");

    private SourcePacket Copy(int track)
    {
        var packet = _packet.Pointer;
        var stream = _context->streams[packet->stream_index];
        ulong size;
        var config = ffmpeg.av_packet_get_side_data(packet, AVPacketSideDataType.AV_PKT_DATA_NEW_EXTRADATA, &size);
        var time = new SourceTime(track, Known(packet->pts), Known(packet->dts), packet->duration, stream->time_base.num, stream->time_base.den, stream->pts_wrap_bits);
        return new SourcePacket(time, (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0, _packet.Data.ToArray(), config == null ? null : new ReadOnlySpan<byte>(config, (int)size).ToArray(),
            (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0);
    }

    private static long? Known(long timestamp) => timestamp == ffmpeg.AV_NOPTS_VALUE ? null : timestamp;

    private Exception Explain(int code, string what) =>
        (Exception?)_nested.Refusal ?? ReadFailure.Explain(_url, _deadline, code, what, _nested.Trouble);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsOver(void* opaque)
    {
        var (deadline, nested) = ((Deadline, NestedIo))GCHandle.FromIntPtr((nint)opaque).Target!;
        return deadline.IsOver || nested.Refusal is not null ? 1 : 0;
    }
}
