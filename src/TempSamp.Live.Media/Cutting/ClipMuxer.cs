using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Writes a clip's tracks into an MP4 file with its index in front. Annex B and ADTS are rewritten by libav's muxer.</summary>
internal static unsafe class ClipMuxer
{
    /// <summary>Whether MP4 can hold a track as it is.</summary>
    public static bool CanHold(TrackFormat track)
    {
        FFmpegLibraries.Ensure();
        var descriptor = ffmpeg.avcodec_descriptor_get_by_name(track.Codec);
        return descriptor != null && ffmpeg.avformat_query_codec(ffmpeg.av_guess_format("mp4", null, null), descriptor->id, 0) == 1;
    }

    /// <summary>Writes the file, overwriting one that is there.</summary>
    /// <param name="clip">What it holds.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <exception cref="FFmpegException">The file cannot be written.</exception>
    public static void Write(ClipContents clip, string path, CancellationToken cancel)
    {
        using var muxer = MuxerHandle.Open($"file:{path}", $"'{path}'", "mp4");
        // Times before 0 stay as they are: the edit list hides what only leads a decoder in.
        Write(muxer, clip.Tracks, [new("movflags", "+faststart"), new("use_editlist", "1"), new("avoid_negative_ts", "disabled")], cancel);
    }

    /// <summary>Writes tracks into an open container and completes it.</summary>
    public static void Write(MuxerHandle muxer, IEnumerable<ClipTrack> tracks, IEnumerable<KeyValuePair<string, string>> options, CancellationToken cancel)
    {
        var all = tracks.ToList();
        foreach (var track in all) Add(muxer, track);
        muxer.WriteHeader(options);
        using var packet = PacketHandle.Alloc();
        foreach (var (number, track, sample) in all.SelectMany((track, number) => track.Samples.Select(sample => (number, track, sample))).OrderBy(s => (double)s.sample.Dts / s.track.TicksPerSecond))
        {
            cancel.ThrowIfCancellationRequested();
            Fill(packet, sample);
            muxer.Write(packet, number, new AVRational { num = 1, den = track.TicksPerSecond });
        }

        muxer.Finish();
    }

    private static void Add(MuxerHandle muxer, ClipTrack track)
    {
        using var parameters = CodecParametersHandle.From(track.Format);
        var added = muxer.AddTrack(parameters.Pointer, new AVRational { num = 1, den = track.TicksPerSecond });
        var stream = muxer.Pointer->streams[added];
        if (track.Format.Codec == "hevc") stream->codecpar->codec_tag = (uint)ffmpeg.MKTAG('h', 'v', 'c', '1'); // the label that Apple's players take
        stream->sample_aspect_ratio = stream->codecpar->sample_aspect_ratio;
    }

    private static void Fill(PacketHandle packet, ClipSample sample)
    {
        packet.Clear();
        FFmpegException.Check(ffmpeg.av_new_packet(packet.Pointer, sample.Data.Length), "av_new_packet", $"{sample.Data.Length} bytes");
        sample.Data.Span.CopyTo(new Span<byte>(packet.Pointer->data, sample.Data.Length));
        (packet.Pointer->pts, packet.Pointer->dts, packet.Pointer->duration) = (sample.Pts, sample.Dts, sample.Duration);
        if (sample.IsKey) packet.Pointer->flags |= ffmpeg.AV_PKT_FLAG_KEY;
    }
}
