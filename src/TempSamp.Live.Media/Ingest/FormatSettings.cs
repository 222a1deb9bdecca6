using System.Globalization;
using System.Net;

namespace TempSamp.Live.Media;

/// <summary>What libav is told when it opens an input: explicit lists of what it may use, and bounds on what it reads ahead.</summary>
/// <param name="Target">The address in libav's form.</param>
/// <param name="Options">Options of the demuxer and the protocol.</param>
internal sealed record FormatSettings(string Target, IReadOnlyDictionary<string, string> Options)
{
    private const string Containers = "mov,matroska,mpegts,flv,avi,mpeg,h264,hevc,ivf,ogg,aac,mp3";
    private const string InPlaylists = "hls,mpegts,mov,aac,mp3,ac3,eac3,webvtt";
    private const string Codecs = "h264,hevc,libdav1d,av1,vp8,libvpx,vp9,libvpx-vp9,mpeg2video,mpeg4,flv,aac,mp3float,mp3,mp2float,mp2,ac3,eac3,opus,libopus,vorbis,flac,pcm_s16le,pcm_s16be,pcm_alaw,pcm_mulaw";

    /// <summary>The settings for an address.</summary>
    public static FormatSettings For(StreamUrl url, bool isPlaylist, IngestOptions ingest, AddressGuard guard, Deadline deadline)
    {
        var options = new Dictionary<string, string>
        {
            ["format_whitelist"] = isPlaylist ? InPlaylists : Containers,
            ["codec_whitelist"] = Codecs,
            ["protocol_whitelist"] = url.Kind == StreamUrlKind.Rtmp ? "rtmp,rtmps,tcp,tls" : "none",
            ["correct_ts_overflow"] = "0", // SessionClock does it; libav's stops being right after 26.5 hours
            ["probesize"] = ingest.ProbeBytes.ToString(CultureInfo.InvariantCulture),
            ["analyzeduration"] = ((long)ingest.AnalyzeDuration.TotalMicroseconds).ToString(CultureInfo.InvariantCulture),
        };
        if (isPlaylist) AddPlaylist(options);
        return url.Kind switch
        {
            StreamUrlKind.Rtmp => new(RtmpTarget(url, options, guard, deadline), options),
            StreamUrlKind.Listen => new("", options),
            _ => new(url.Target, options),
        };
    }

    // Every part passes the policy and comes through managed streams: libav's rules on file extensions would only refuse honest names, and its
    // reuse of connections does not know these streams.
    private static void AddPlaylist(Dictionary<string, string> options)
    {
        (options["allowed_extensions"], options["extension_picky"]) = ("ALL", "0");
        (options["http_persistent"], options["http_multiple"], options["http_seekable"]) = ("0", "0", "0");
    }

    // libav would resolve the name again when it connects: it gets the address that was checked, and the name for the server to see.
    private static string RtmpTarget(StreamUrl url, Dictionary<string, string> options, AddressGuard guard, Deadline deadline)
    {
        var parsed = new Uri(url.Target);
        var address = ReadFailure.Try(url, deadline, () => deadline.Wait(cancel => guard.ResolveAsync(parsed.DnsSafeHost, cancel)))[0];
        options["rtmp_live"] = "live";
        if (parsed.Scheme == "rtmps") (options["tls_verify"], options["verifyhost"]) = ("1", parsed.DnsSafeHost);
        if (IPAddress.TryParse(parsed.DnsSafeHost, out _)) return url.Target;

        var path = parsed.AbsolutePath.TrimStart('/');
        var app = path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : path;
        options["rtmp_tcurl"] = $"{parsed.Scheme}://{parsed.Authority}/{app}";
        return new UriBuilder(parsed) { Host = address.ToString() }.Uri.AbsoluteUri;
    }
}
