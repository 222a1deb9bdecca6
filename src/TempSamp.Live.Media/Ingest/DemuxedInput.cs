using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// One libav demuxer: over managed bytes, or over one of the two protocols that libav speaks here itself (RTMP and SRT, to an address that
/// was checked). Opens nothing else: its list of protocols is empty.
/// </summary>
internal sealed unsafe class DemuxedInput : FormatInput
{
    private static readonly TimeSpan s_lateTrack = TimeSpan.FromSeconds(1);

    private readonly StreamUrl _url;
    private readonly IngestOptions _options;
    private readonly Deadline _deadline;
    private GCHandle _deadlineHandle;        // freeing zeroes it, so that disposing twice frees it once
    private readonly PacketHandle _packet = PacketHandle.Alloc();
    private readonly List<TrackFormat> _tracks = [];
    private readonly Dictionary<int, int> _trackOfStream = [];
    private readonly Dictionary<int, InBandSets> _inBandSets = [];
    private readonly Queue<SourcePacket> _early = new();
    private AVFormatContext* _context;
    private AVIOContext* _protocol;
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
    public override string Container => Marshal.PtrToStringUTF8((nint)_context->iformat->name) ?? "";

    /// <inheritdoc/>
    public override TimeSpan? Duration => _context->duration > 0 ? TimeSpan.FromMicroseconds(_context->duration) : null;

    /// <inheritdoc/>
    public override long BitRate => _context->bit_rate;

    /// <inheritdoc/>
    public override IReadOnlyList<TrackFormat> Tracks => _tracks;

    /// <inheritdoc/>
    public override TimeSpan Patience => _options.ReadTimeout;

    /// <inheritdoc/>
    public override bool TryRead(out SourcePacket packet) => _early.TryDequeue(out packet) || TryReadNext(out packet);

    /// <inheritdoc/>
    public override void Dispose()
    {
        fixed (AVFormatContext** context = &_context) ffmpeg.avformat_close_input(context);
        fixed (AVIOContext** protocol = &_protocol) _ = ffmpeg.avio_closep(protocol);
        _io?.Dispose();
        _packet.Dispose();
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

    private void FindTracks()
    {
        var count = (int)_context->nb_streams;
        var perStream = stackalloc AVDictionary*[Math.Max(1, count)];
        for (var i = 0; i < count; i++)
            perStream[i] = NativeOptions.Create([new("max_pixels", _options.MaxPixels.ToString(CultureInfo.InvariantCulture)), new("threads", "1")]);
        var result = ffmpeg.avformat_find_stream_info(_context, perStream);
        for (var i = 0; i < count; i++) ffmpeg.av_dict_free(&perStream[i]);
        if (_deadline.IsOver || _broken is not null || result < 0) throw Explain(result, "find the tracks of");

        var video = FirstPicture() ?? ffmpeg.av_find_best_stream(_context, AVMediaType.AVMEDIA_TYPE_VIDEO, -1, -1, null, 0);
        var audio = ffmpeg.av_find_best_stream(_context, AVMediaType.AVMEDIA_TYPE_AUDIO, -1, video, null, 0);
        if (video >= 0) Keep(video);
        if (audio >= 0 && HasRoom(audio)) Keep(audio);
        for (var i = 0; i < (int)_context->nb_streams; i++)
            if (!_trackOfStream.ContainsKey(i) && (!HasRoom(i) || _context->streams[i]->codecpar->codec_id == AVCodecID.AV_CODEC_ID_NONE || Keep(i) is null) && !MayComeLate(i))
                _context->streams[i]->discard = AVDiscard.AVDISCARD_ALL;
    }

    // Of several videos the first one that can be decoded, as players show it.
    private int? FirstPicture()
    {
        for (var i = 0; i < (int)_context->nb_streams; i++)
            if (IsPicture(_context->streams[i], _context->streams[i]->codecpar)) return i;
        return null;
    }

    private static bool IsPicture(AVStream* stream, AVCodecParameters* parameters) =>
        parameters->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO && parameters->width > 0 && (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) == 0
        && ffmpeg.avcodec_find_decoder(parameters->codec_id) != null;

    // A track whose first packet has not been seen yet.
    private bool MayComeLate(int index) => HasRoom(index) && _context->streams[index]->codecpar->codec_id == AVCodecID.AV_CODEC_ID_NONE;

    private bool Has(TrackKind kind) => _tracks.Any(t => t.Kind == kind);

    // One video, and the sound of the same programme.
    private bool HasRoom(int index) => _context->streams[index]->codecpar->codec_type switch
    {
        AVMediaType.AVMEDIA_TYPE_VIDEO => !Has(TrackKind.Video),
        AVMediaType.AVMEDIA_TYPE_AUDIO => _tracks.Count(t => t.Kind == TrackKind.Audio) < _options.MaxAudioTracks && IsOfTheSameProgramme(index),
        _ => false,
    };

    private bool IsOfTheSameProgramme(int index)
    {
        if (_context->nb_programs < 2) return true;
        var video = _trackOfStream.Where(p => _tracks[p.Value].Kind == TrackKind.Video).Select(p => (int?)p.Key).FirstOrDefault();
        for (var i = 0; i < (int)_context->nb_programs && video is not null; i++)
        {
            var members = new ReadOnlySpan<uint>(_context->programs[i]->stream_index, (int)_context->programs[i]->nb_stream_indexes);
            if (members.Contains((uint)video.Value)) return members.Contains((uint)index);
        }

        return true;
    }

    private int? TrackOf(int index)
    {
        if (_trackOfStream.TryGetValue(index, out var known)) return known;
        if (_context->streams[index]->discard == AVDiscard.AVDISCARD_ALL || !HasRoom(index)) return null;
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
        var time = new SourceTime(track, Known(packet->pts), Known(packet->dts) ?? Counted(packet), packet->duration, stream->time_base.num, stream->time_base.den, stream->pts_wrap_bits);
        var isKey = (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0;
        return new SourcePacket(time, isKey, _packet.Data.ToArray(), packet->pos, (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0)
        {
            NewFormat = NewFormat(track, isKey), IsHidden = (packet->flags & ffmpeg.AV_PKT_FLAG_DISCARD) != 0,
        };
    }

    // Bare pictures carry no times: they follow each other at the rate that their headers name.
    private long? Counted(AVPacket* packet)
    {
        if ((_context->iformat->flags & ffmpeg.AVFMT_NOTIMESTAMPS) == 0) return null;
        var at = _counted;
        _counted += packet->duration;
        return at;
    }

    // A container says that a track changes in side data; a raw stream repeats its parameter sets before key frames, and one day they differ.
    private TrackFormat? NewFormat(int track, bool isKey)
    {
        ulong size;
        var sideData = ffmpeg.av_packet_get_side_data(_packet.Pointer, AVPacketSideDataType.AV_PKT_DATA_NEW_EXTRADATA, &size);
        var old = _tracks[track];
        var config = sideData != null ? new ReadOnlySpan<byte>(sideData, (int)size).ToArray() : isKey && old.Kind == TrackKind.Video ? SetsOf(old).Changed(_packet.Data) : null;
        if (config is null || old.CodecConfig.Span.SequenceEqual(config)) return null;
        return _tracks[track] = Bounded(TrackParser.Describe(old with { CodecConfig = config }, _packet.Data));
    }

    private InBandSets SetsOf(TrackFormat track) =>
        _inBandSets.TryGetValue(track.Index, out var sets) ? sets : _inBandSets[track.Index] = new InBandSets(track);

    private static long? Known(long timestamp) => timestamp == ffmpeg.AV_NOPTS_VALUE ? null : timestamp;

    private Exception Explain(int code, string what) =>
        _broken is StreamException refusal && !_deadline.IsOver ? refusal : ReadFailure.Explain(_url, _deadline, code, what, _broken?.Message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsOver(void* opaque) => ((Deadline)GCHandle.FromIntPtr((nint)opaque).Target!).Interrupts() ? 1 : 0;
}
