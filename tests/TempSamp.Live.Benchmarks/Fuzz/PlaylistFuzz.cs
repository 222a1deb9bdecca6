using System.Text;
using TempSamp.Live.Core;
using TempSamp.Live.Media;

namespace TempSamp.Live.Benchmarks;

/// <summary>What a fuzz run over playlists found.</summary>
/// <param name="Cases">Playlists parsed.</param>
/// <param name="Read">How many gave a list.</param>
/// <param name="Refused">How many were refused with a clear error.</param>
/// <param name="SlowestMilliseconds">The longest that one took.</param>
/// <param name="Failures">Seed and what went wrong, of the first few that did.</param>
public sealed record PlaylistFuzzReport(int Cases, int Read, int Refused, double SlowestMilliseconds, IReadOnlyList<string> Failures);

/// <summary>
/// Makes playlists that are nearly right: real tags and values, in odd orders, with hostile numbers, addresses, quotes, variables and bytes. Each
/// must give a list whose every address the policy allows, or one clear error, in linear time. The same seed makes the same playlist.
/// </summary>
public static class PlaylistFuzz
{
    private const int MostFailures = 10;
    private const double LongestMilliseconds = 2000;

    private static readonly string[] s_tags =
    [
        "#EXTINF:", "#EXT-X-TARGETDURATION:", "#EXT-X-MEDIA-SEQUENCE:", "#EXT-X-DISCONTINUITY-SEQUENCE:", "#EXT-X-BYTERANGE:", "#EXT-X-PROGRAM-DATE-TIME:", "#EXT-X-VERSION:",
        "#EXT-X-DISCONTINUITY", "#EXT-X-GAP", "#EXT-X-ENDLIST", "#EXT-X-INDEPENDENT-SEGMENTS", "#EXT-X-I-FRAMES-ONLY", "#EXT-X-PLAYLIST-TYPE:", "#EXT-X-CUE-OUT:", "#EXT-X-CUE-IN", "#EXT-X-ALLOW-CACHE:",
    ];

    private static readonly string[] s_attributeTags =
    [
        "#EXT-X-KEY:", "#EXT-X-MAP:", "#EXT-X-DATERANGE:", "#EXT-X-SKIP:", "#EXT-X-DEFINE:", "#EXT-X-PART:", "#EXT-X-PRELOAD-HINT:", "#EXT-X-SERVER-CONTROL:", "#EXT-X-START:",
        "#EXT-X-STREAM-INF:", "#EXT-X-MEDIA:", "#EXT-X-I-FRAME-STREAM-INF:", "#EXT-X-SESSION-DATA:", "#EXT-X-SESSION-KEY:", "#EXT-X-CONTENT-STEERING:",
    ];

    private static readonly string[] s_names =
    [
        "URI", "METHOD", "IV", "KEYFORMAT", "BYTERANGE", "ID", "DURATION", "START-DATE", "SKIPPED-SEGMENTS", "NAME", "VALUE", "IMPORT", "QUERYPARAM", "TYPE", "GROUP-ID", "LANGUAGE",
        "DEFAULT", "BANDWIDTH", "RESOLUTION", "CODECS", "AUDIO", "PLANNED-DURATION", "X-ASSET-URI", "TIME-OFFSET",
    ];

    private static readonly string[] s_values =
    [
        "0", "1", "2.5", "2,5", "-1", "+2", "1e308", "NaN", "Infinity", "-Infinity", "9223372036854775807", "18446744073709551616", "0x10", "0.0000000000000000000001", "3600", "3601", "",
        " 2 ", "١٢", "100@0", "100", "1@9223372036854775807", "-5@-5", "@", "1920x1080", "0x0", "99999999999x1", "2025-03-01T12:00:00Z", "9999-12-31T23:59:59.9999999Z", "2025-03-01T12:00:00+99:99",
        "AES-128", "SAMPLE-AES", "NONE", "identity", "com.apple.streamingkeydelivery", "0x000102030405060708090A0B0C0D0E0F", "0xZZ", "YES", "NO", "AUDIO", "VIDEO", "SUBTITLES", "VOD", "EVENT", "avc1.64001f,mp4a.40.2",
        "a.ts", "sub/../b.m4s", "http://127.0.0.1/x", "http://[::1]:99999/", "file:///etc/passwd", "concat:a|b", "data:,x", "//h", "\\\\h\\s", "http://h\\@i/", "{$a}", "{$a}{$a}{$b}", "{$", "http://{$a}/", "%2e%2e%2f",
        "\u0000", "\u202e", "\uFEFF", "\uD800", "\u001b[31m", "a,b=c", "\"", "\"\"",
    ];

    /// <summary>Parses many playlists.</summary>
    /// <param name="cases">How many.</param>
    /// <param name="seed">Number of the first.</param>
    /// <param name="time">Measures each.</param>
    public static PlaylistFuzzReport Run(int cases, int seed, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var policy = new UrlPolicy(new IngestOptions());
        var url = new StreamUrl(StreamUrlKind.Http, "http://cdn.example/live/index.m3u8?token=7");
        var (read, slowest, failures) = (0, 0.0, new List<string>());
        for (var i = 0; i < cases; i++)
        {
            var text = Make(seed + i);
            var began = time.GetTimestamp();
            var (isRead, wrong) = Try(text, url, policy);
            var took = time.GetElapsedTime(began).TotalMilliseconds;
            if (took > LongestMilliseconds) wrong ??= $"took {took:0} ms";
            (read, slowest) = (read + (isRead ? 1 : 0), Math.Max(slowest, took));
            if (wrong is not null && failures.Count < MostFailures) failures.Add($"seed {seed + i}: {wrong}");
        }

        return new(cases, read, cases - read, slowest, failures);
    }

    /// <summary>The playlist of a seed.</summary>
    public static string Make(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(random.Next(20) == 0 ? "" : "#EXTM3U\n");
        if (random.Next(3) == 0) text.Append("#EXT-X-DEFINE:NAME=\"a\",VALUE=\"").Append(Any(random, s_values)).Append("\"\n");
        var odd = random.Next(8); // of 64 lines
        for (var lines = random.Next(1, 40); lines > 0; lines--)
        {
            if (random.Next(64) < odd * odd) Line(text, random);
            else text.Append("#EXTINF:2.0,\nseg").Append(random.Next(9)).Append(".ts\n");
        }

        if (random.Next(4) == 0) Damage(text, random);
        return text.ToString();
    }

    private static (bool IsRead, string? Wrong) Try(string text, StreamUrl url, UrlPolicy policy)
    {
        try
        {
            var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
            return (true, Check(PlaylistParser.Parse(PlaylistText.Read(bytes, url), url, policy)));
        }
        catch (StreamException e)
        {
            return (false, e.Reason is not ("invalid" or "forbidden") || e.Message.Any(char.IsControl) ? $"{e.Reason}: {e.Message}" : null);
        }
        catch (Exception e) // this is what is looked for
        {
            return (false, $"{e.GetType().Name}: {e.Message}");
        }
    }

    private static string? Check(HlsPlaylist playlist)
    {
        var addresses = playlist switch
        {
            MediaPlaylist media => media.Segments.SelectMany(s => (StreamUrl?[])[s.Url, s.Key?.Url, s.Map?.Url]),
            MasterPlaylist master => master.Variants.Select(v => v.Url).Concat(master.Renditions.Select(r => r.Url)),
            _ => [],
        };
        if (addresses.FirstOrDefault(a => a is not null && a.Kind != StreamUrlKind.Http) is { } bad) return $"names {bad}";
        if (playlist is not MediaPlaylist list) return null;
        if (list.Segments.Any(s => s.Duration < TimeSpan.Zero || s.Duration > PlaylistLimits.Longest)) return "has a segment of impossible length";
        if (list.Segments.Any(s => s.Range is { } r && (r.Offset < 0 || r.Length <= 0 || r.Offset + r.Length < 0))) return "has an impossible byte range";
        return list.EndSequence < list.FirstSequence ? "has overflowing sequence numbers" : null;
    }

    private static void Line(StringBuilder text, Random random)
    {
        switch (random.Next(8))
        {
            case 0: text.Append(Any(random, s_tags)).Append(Any(random, s_values)); break;
            case 1: Attributes(text.Append(Any(random, s_attributeTags)), random); break;
            case 2: text.Append(Any(random, s_values)); break;
            case 3: text.Append("#EXTINF:").Append(Any(random, s_values)).Append(",\n").Append(Any(random, s_values)); break;
            case 4: text.Append("#EXT-X-KEY:METHOD=AES-128,URI=\"").Append(Any(random, s_values)).Append("\",IV=").Append(Any(random, s_values)); break;
            case 5: text.Append("#EXT-X-STREAM-INF:BANDWIDTH=").Append(Any(random, s_values)).Append('\n').Append(Any(random, s_values)); break;
            case 6: text.Append('#').Append(Any(random, s_values)); break;
            default: text.Append(Any(random, s_tags)); break;
        }

        text.Append(random.Next(15) == 0 ? "\r\n" : "\n");
    }

    private static void Attributes(StringBuilder text, Random random)
    {
        for (var count = random.Next(1, 7); count > 0; count--)
        {
            var isQuoted = random.Next(3) > 0;
            text.Append(Any(random, s_names)).Append(random.Next(20) == 0 ? "" : "=").Append(isQuoted ? "\"" : "").Append(Any(random, s_values)).Append(isQuoted && random.Next(30) > 0 ? "\"" : "").Append(',');
        }
    }

    // Repeats, cuts or changes a piece: long lines and broken structure.
    private static void Damage(StringBuilder text, Random random)
    {
        var at = random.Next(text.Length);
        var length = random.Next(Math.Min(200, text.Length - at));
        switch (random.Next(4))
        {
            case 0: text.Insert(at, text.ToString(at, length), random.Next(1, 400)); break;
            case 1: text.Remove(at, length); break;
            case 2: text.Length = at; break;
            default: text[at] = (char)random.Next(0x300); break;
        }
    }

    private static string Any(Random random, string[] from) => from[random.Next(from.Length)];
}
