using System.Globalization;

namespace TempSamp.Live.Media;

/// <summary>What a demuxer is told: explicit lists of what it may use, and bounds on what it reads ahead.</summary>
internal static class FormatSettings
{
    private const string Containers = "mov,matroska,mpegts,flv,avi,mpeg,h264,hevc,ivf,ogg,aac,mp3,ac3,eac3";
    private const string Codecs = "h264,hevc,libdav1d,av1,vp8,libvpx,vp9,libvpx-vp9,mpeg2video,mpeg4,flv,aac,mp3float,mp3,mp2float,mp2,ac3,eac3,opus,libopus,vorbis,flac,pcm_s16le,pcm_s16be,pcm_alaw,pcm_mulaw";

    /// <summary>The demuxer's options.</summary>
    public static IReadOnlyDictionary<string, string> For(IngestOptions ingest) => new Dictionary<string, string>
    {
        ["format_whitelist"] = Containers,
        ["codec_whitelist"] = Codecs,
        ["protocol_whitelist"] = "none",
        ["correct_ts_overflow"] = "0", // SessionClock does it; libav's stops being right after 26.5 hours
        ["probesize"] = ingest.ProbeBytes.ToString(CultureInfo.InvariantCulture),
        ["analyzeduration"] = ((long)ingest.AnalyzeDuration.TotalMicroseconds).ToString(CultureInfo.InvariantCulture),
    };
}
