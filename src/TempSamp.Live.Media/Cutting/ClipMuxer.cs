using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Writes copied packets into an MP4 file with its index in front. Annex B and ADTS are rewritten by libav's muxer.</summary>
internal static unsafe class ClipMuxer
{
    private static readonly AVRational s_ticks = new() { num = 1, den = (int)MediaTime.TicksPerSecond };

    /// <summary>The tracks that MP4 can hold.</summary>
    public static bool CanHold(TrackFormat track)
    {
        FFmpegLibraries.Ensure();
        var descriptor = ffmpeg.avcodec_descriptor_get_by_name(track.Codec);
        return descriptor != null && ffmpeg.avformat_query_codec(ffmpeg.av_guess_format("mp4", null, null), descriptor->id, 0) == 1;
    }

    /// <summary>Writes the file, overwriting one that is there.</summary>
    /// <param name="plan">What it holds. Its first frame is shown at time 0.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <exception cref="FFmpegException">The file cannot be written.</exception>
    public static void Write(CopyPlan plan, string path, CancellationToken cancel)
    {
        using var muxer = MuxerHandle.Open($"file:{path}", $"'{path}'", "mp4");
        foreach (var track in plan.Tracks) Add(muxer, track);
        muxer.WriteHeader([new("movflags", "+faststart")]);
        using var packet = PacketHandle.Alloc();
        foreach (var (number, source, pts, dts, duration) in InOrder(plan))
        {
            cancel.ThrowIfCancellationRequested();
            Fill(packet, source, pts, dts, duration);
            muxer.Write(packet, number, s_ticks);
        }

        muxer.Finish();
    }

    private static void Add(MuxerHandle muxer, TrackFormat track)
    {
        using var parameters = CodecParametersHandle.From(track);
        var unit = track.Kind == TrackKind.Audio && track.SampleRate > 0 ? new AVRational { num = 1, den = track.SampleRate } : s_ticks;
        var number = muxer.AddTrack(parameters.Pointer, unit);
        if (track.Codec == "hevc") muxer.Pointer->streams[number]->codecpar->codec_tag = (uint)ffmpeg.MKTAG('h', 'v', 'c', '1'); // the label that Apple's players take
    }

    private static IEnumerable<(int Track, MediaPacket Packet, long Pts, long Dts, long Duration)> InOrder(CopyPlan plan)
    {
        var start = plan.Actual.Start.Ticks;
        var shown = Distinct(plan.Video.Select(p => p.Pts.Ticks - start));
        var decoded = DecodingTimes.For(shown);
        var lengths = Lengths(shown, plan.Actual.Length.Ticks);
        var video = plan.Video.Select((p, i) => (0, p, shown[i], decoded[i], lengths[i]));
        var audio = plan.Audio.Select(p => (1, p, p.Pts.Ticks - start, p.Pts.Ticks - start, CopyPlan.LengthOf(p, plan.Tracks[1]).Ticks));
        return video.Concat(audio).OrderBy(entry => entry.Item4);
    }

    private static long[] Distinct(IEnumerable<long> pts)
    {
        var seen = new HashSet<long>();
        return [.. pts.Select(at =>
        {
            while (!seen.Add(at)) at++;
            return at;
        })];
    }

    // A frame lasts until the next one is shown, the last until the clip's end.
    private static long[] Lengths(long[] shown, long end)
    {
        var order = shown.Order().ToArray();
        var next = new Dictionary<long, long>(order.Length);
        for (var i = 0; i < order.Length; i++) next[order[i]] = i + 1 < order.Length ? order[i + 1] : end;
        return [.. shown.Select(at => Math.Max(1, next[at] - at))];
    }

    private static void Fill(PacketHandle packet, MediaPacket source, long pts, long dts, long duration)
    {
        packet.Clear();
        FFmpegException.Check(ffmpeg.av_new_packet(packet.Pointer, source.Data.Length), "av_new_packet", $"{source.Data.Length} bytes");
        source.Data.Span.CopyTo(new Span<byte>(packet.Pointer->data, source.Data.Length));
        (packet.Pointer->pts, packet.Pointer->dts, packet.Pointer->duration) = (pts, dts, duration);
        if (source.IsKey) packet.Pointer->flags |= ffmpeg.AV_PKT_FLAG_KEY;
    }
}
