using System.Globalization;
using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Which streams of a container are the tracks, and what format each of them has now.</summary>
internal sealed unsafe partial class DemuxedInput
{
    private readonly List<TrackFormat> _tracks = [];
    private readonly Dictionary<int, int> _trackOfStream = [];
    private readonly Dictionary<int, (int Stream, AVCodecID Codec)> _originOfTrack = [];
    private readonly Dictionary<int, InBandSets> _inBandSets = [];

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
            if (!_trackOfStream.ContainsKey(i) && !Succeeds(i) && (!HasRoom(i) || _context->streams[i]->codecpar->codec_id == AVCodecID.AV_CODEC_ID_NONE || Keep(i) is null) && !MayComeLate(i))
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
        if (_context->streams[index]->discard == AVDiscard.AVDISCARD_ALL) return null;
        if (Succeeds(index)) return _trackOfStream[index] = _tracks.First(t => t.Kind == KindOf(index)).Index;
        if (!HasRoom(index)) return null;
        if (Keep(index) is not { } track) return null;
        _tracks[track] = Bounded(TrackParser.Describe(_tracks[track], _packet.Data));
        return track;
    }

    // FLV has one video and one sound: a second one of a kind is the first in another codec.
    private bool Succeeds(int index) => Container.Contains("flv", StringComparison.Ordinal) && KindOf(index) is { } kind && Has(kind);

    private TrackKind? KindOf(int index) => _context->streams[index]->codecpar->codec_type switch
    {
        AVMediaType.AVMEDIA_TYPE_VIDEO => TrackKind.Video,
        AVMediaType.AVMEDIA_TYPE_AUDIO => TrackKind.Audio,
        _ => null,
    };

    private int? Keep(int index)
    {
        var stream = _context->streams[index];
        var parameters = stream->codecpar;
        if (parameters->codec_id == AVCodecID.AV_CODEC_ID_NONE || (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0) return null;
        _tracks.Add(Described(stream, _tracks.Count));
        _originOfTrack[_tracks.Count - 1] = (index, parameters->codec_id);
        return _trackOfStream[index] = _tracks.Count - 1;
    }

    private TrackFormat Described(AVStream* stream, int track)
    {
        var rate = stream->codecpar->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO ? ffmpeg.av_guess_frame_rate(_context, stream, null) : default;
        return Bounded(CodecParametersHandle.ToTrack(stream->codecpar, track, rate.den > 0 ? (double)rate.num / rate.den : 0));
    }

    private TrackFormat Bounded(TrackFormat format) => (long)format.Width * format.Height <= _options.MaxPixels ? format
        : throw new StreamException($"{_url} has pictures of {format.Width}x{format.Height}, more than the {_options.MaxPixels} pixels allowed. Lower the stream's resolution or raise {IngestOptions.Section}:MaxPixels.", "forbidden");

    private SourcePacket Copy(int track)
    {
        var packet = _packet.Pointer;
        var stream = _context->streams[packet->stream_index];
        var time = new SourceTime(track, Known(packet->pts), Known(packet->dts) ?? Counted(packet), packet->duration, stream->time_base.num, stream->time_base.den, stream->pts_wrap_bits);
        var isKey = (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0;
        var data = GC.AllocateUninitializedArray<byte>(packet->size);
        _packet.Data.CopyTo(data);
        return new SourcePacket(time, isKey, data, packet->pos, (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0)
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

    // A container says that a track changes in side data, by another stream, or by another codec of the same one; a raw stream repeats its parameter sets before
    // key frames, and one day they differ.
    private TrackFormat? NewFormat(int track, bool isKey)
    {
        var isOther = TakesOver(track);
        ulong size;
        var sideData = ffmpeg.av_packet_get_side_data(_packet.Pointer, AVPacketSideDataType.AV_PKT_DATA_NEW_EXTRADATA, &size);
        var old = _tracks[track];
        var config = sideData != null ? new ReadOnlySpan<byte>(sideData, (int)size).ToArray() : isKey && old.Kind == TrackKind.Video ? SetsOf(old).Changed(_packet.Data) : null;
        if (config is null && isOther && old.CodecConfig.IsEmpty) config = SetsOf(old).Known;
        if (config is null || old.CodecConfig.Span.SequenceEqual(config)) return isOther ? _tracks[track] = Bounded(TrackParser.Describe(old, _packet.Data)) : null;
        return _tracks[track] = Bounded(TrackParser.Describe(old with { CodecConfig = config }, _packet.Data));
    }

    // Whether the packet comes from another stream than its track's last one, or is of another codec: then it has that stream's format. Of a stream whose codec
    // changed libav knows the old one's headers still.
    private bool TakesOver(int track)
    {
        var (index, before) = (_packet.Pointer->stream_index, _originOfTrack[track]);
        var stream = _context->streams[index];
        if (before == (index, stream->codecpar->codec_id)) return false;
        _originOfTrack[track] = (index, stream->codecpar->codec_id);
        var format = Described(stream, track);
        _tracks[track] = before.Stream == index ? format with { CodecConfig = default, Width = 0, Height = 0 } : format;
        _inBandSets.Remove(track);
        return true;
    }

    private InBandSets SetsOf(TrackFormat track) =>
        _inBandSets.TryGetValue(track.Index, out var sets) ? sets : _inBandSets[track.Index] = new InBandSets(track);

    private static long? Known(long timestamp) => timestamp == ffmpeg.AV_NOPTS_VALUE ? null : timestamp;
}
