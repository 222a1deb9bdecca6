using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>One measured file of the shared media: what ffprobe found in it. Whether it is clean or damaged follows from that, never from its name.</summary>
internal sealed class CorpusFile(JsonElement entry)
{
    private static readonly Lazy<IReadOnlyList<JsonElement>> s_entries = new(Read);
    private static readonly Lazy<IReadOnlyList<CorpusFile>> s_all = new(() => [.. s_entries.Value.Where(e => e.TryGetProperty("ffprobe", out _)).Select(e => new CorpusFile(e))]);

    /// <summary>All files that were measured; none where the data is absent.</summary>
    public static IReadOnlyList<CorpusFile> All => s_all.Value;

    /// <summary>Names of files that nothing is known of, but for playlists: what they name is elsewhere, or not there.</summary>
    public static IReadOnlyList<string> Unmeasured { get; } =
        [.. s_entries.Value.Where(e => !e.TryGetProperty("ffprobe", out _)).Select(e => e.GetProperty("file").GetString()!).Where(name => !StartsAsPlaylist(System.IO.Path.Combine(SharedData.Media!, name)))];

    /// <summary>The file of a name.</summary>
    public static CorpusFile Of(string name) => All.Single(f => f.Name == name);

    public string Name { get; } = entry.GetProperty("file").GetString()!;

    public string Path => System.IO.Path.Combine(SharedData.Media!, Name);

    /// <summary>A list of addresses: what is read is in other files.</summary>
    public bool IsPlaylist => StartsAsPlaylist(Path);

    /// <summary>A playlist that still grows: it has no end to be played to.</summary>
    public bool IsSnapshot => IsPlaylist && !File.ReadLines(Path).Any(l => l.StartsWith("#EXT-X-ENDLIST", StringComparison.Ordinal) || l.StartsWith("#EXT-X-STREAM-INF", StringComparison.Ordinal));

    /// <summary>Whether ffprobe could open it.</summary>
    public bool Opens => Facts.GetProperty("probe_exit").GetInt32() == 0;

    /// <summary>Whether it has pictures that a decoder gave.</summary>
    public bool HasPictures => Video is { } v && v.GetProperty("packets").GetInt32() > 0 && v.GetProperty("decoded_frames").ValueKind == JsonValueKind.Number;

    /// <summary>Nothing was wrong with it: no complaint, times that rise without a hole of a second, every packet decoded.</summary>
    public bool IsClean => HasPictures && Facts.GetProperty("probe_errors").GetInt32() == 0 && Number("decode_error_lines") == 0 && Number("decode_exit") == 0
        && Number("dts_goes_back") == 0 && Number("decoded_frames") == Number("packets") && LongestStep is null or <= 1;

    public int Packets => (int)Number("packets")!;

    public int KeyFrames => (int)Number("keyframes")!;

    public int DecodedFrames => (int)(Number("decoded_frames") ?? 0);

    /// <summary>First and last presentation time in seconds; null where the file has no times.</summary>
    public (double First, double Last)? Shown => Number("first_pts") is { } first && Number("last_pts") is { } last ? (first, last) : null;

    /// <summary>Longest distance of two pictures in seconds.</summary>
    public double? LongestStep => Number("max_pts_gap");

    /// <summary>Times that ffprobe saw running backwards.</summary>
    public bool GoesBack => Number("dts_goes_back") > 0;

    /// <summary>Lines that ffmpeg wrote about errors when it decoded the file.</summary>
    public int Complaints => (int)(Number("decode_error_lines") ?? 0);

    /// <summary>Codec and size of the first video stream.</summary>
    public (string Codec, int Width, int Height) Picture
    {
        get
        {
            var stream = Streams("video").First();
            return (stream.GetProperty("codec").GetString()!, stream.GetProperty("w").GetInt32(), stream.GetProperty("h").GetInt32());
        }
    }

    /// <summary>Codecs of the sound.</summary>
    public IReadOnlyList<string> Sounds => [.. Streams("audio").Select(s => s.GetProperty("codec").GetString() ?? "")];

    public override string ToString() => Name;

    private JsonElement Facts { get; } = entry.GetProperty("ffprobe");

    private JsonElement? Video => Facts.TryGetProperty("video", out var video) ? video : null;

    private double? Number(string name) => Video is { } v && v.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private IEnumerable<JsonElement> Streams(string type) => Facts.GetProperty("streams").EnumerateArray().Where(s => s.GetProperty("type").GetString() == type);

    private static bool StartsAsPlaylist(string path) => File.ReadLines(path).FirstOrDefault()?.TrimStart('\uFEFF').StartsWith("#EXTM3U", StringComparison.Ordinal) == true;

    private static List<JsonElement> Read()
    {
        if (SharedData.Media is not { } folder) return [];
        var manifest = JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(System.IO.Path.Combine(folder, "manifest.json")));
        return [.. manifest.GetProperty("files").EnumerateArray()];
    }
}
