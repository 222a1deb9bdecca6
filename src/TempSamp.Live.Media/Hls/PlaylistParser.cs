using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Reads a playlist (RFC 8216) and checks it whole: what the standard says to pass over is passed over and complained about; a number out of
/// its bounds, an address that the policy forbids, encryption that cannot be undone or a list without end is refused with its line.
/// </summary>
/// <remarks>The two kinds of list share this walk over the lines; what their tags mean is in <see cref="MediaListBuilder"/> and <see cref="MasterListBuilder"/>.</remarks>
internal sealed class PlaylistParser
{
    private static readonly string[] s_masterTags = ["#EXT-X-STREAM-INF", "#EXT-X-MEDIA", "#EXT-X-I-FRAME-STREAM-INF", "#EXT-X-SESSION-DATA", "#EXT-X-SESSION-KEY", "#EXT-X-CONTENT-STEERING"];
    private static readonly string[] s_mediaTags = ["#EXTINF", "#EXT-X-TARGETDURATION", "#EXT-X-MEDIA-SEQUENCE", "#EXT-X-ENDLIST", "#EXT-X-PLAYLIST-TYPE", "#EXT-X-PART", "#EXT-X-I-FRAMES-ONLY"];

    private readonly UrlPolicy _policy;
    private readonly PlaylistVariables _variables;
    private readonly List<string> _complaints = [];

    private PlaylistParser(StreamUrl url, UrlPolicy policy, IReadOnlyDictionary<string, string>? imported) =>
        (Url, _policy, _variables) = (url, policy, new PlaylistVariables(imported, url));

    /// <summary>The playlist's address.</summary>
    public StreamUrl Url { get; }

    /// <summary>Number of the line that is being read, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>What was passed over so far.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Variables defined so far.</summary>
    public IReadOnlyDictionary<string, string> Variables => _variables.Values;

    /// <summary>Reads a playlist.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="url">Where it came from, after redirects: its addresses are relative to this.</param>
    /// <param name="policy">Which addresses it may name.</param>
    /// <param name="imported">Variables of the master playlist; null for none.</param>
    /// <exception cref="StreamException"><c>invalid</c> or <c>forbidden</c>; the message names the line.</exception>
    public static HlsPlaylist Parse(string text, StreamUrl url, UrlPolicy policy, IReadOnlyDictionary<string, string>? imported = null) =>
        new PlaylistParser(url, policy, imported).Parse(text);

    /// <summary>Resolves an address of the playlist and checks it against the policy.</summary>
    public StreamUrl Address(string reference) => _policy.CheckNested(reference, Url, Line);

    /// <summary>Replaces variables.</summary>
    public string Expand(string text)
    {
        var expanded = _variables.Expand(text, out var fault);
        return fault is null ? expanded : throw Fault(fault);
    }

    /// <summary>The attributes of a tag, with variables replaced.</summary>
    public AttributeList Attributes(ReadOnlySpan<char> value)
    {
        var list = AttributeList.Parse(value, out var fault) ?? throw Fault(fault!);
        list.Replace(Expand);
        return list;
    }

    /// <summary>Remembers something odd that is passed over.</summary>
    public void Complain(string what)
    {
        if (_complaints.Count < PlaylistLimits.Complaints) _complaints.Add($"line {Line}: {what}");
    }

    /// <summary>The exception for something that cannot be passed over.</summary>
    public StreamException Fault(string what, string fix = "Check what the server sends.") =>
        new($"Playlist {Url}, line {Line}: {what}. {fix}", "invalid");

    private HlsPlaylist Parse(string text)
    {
        var media = new MediaListBuilder(this);
        var master = new MasterListBuilder(this);
        bool? isMaster = null;
        foreach (var line in Lines(text))
        {
            if (line.StartsWith("#EXT", StringComparison.Ordinal))
            {
                var (name, value) = Split(line);
                CheckAddresses(name, value);
                if (KindOf(name) is { } kind)
                {
                    if (isMaster is { } known && known != kind) throw Fault("it mixes tags of a master playlist and of a media playlist");
                    isMaster = kind;
                }

                if (name == "#EXT-X-DEFINE") Define(value);
                else if (isMaster == true) master.Tag(name, value);
                else media.Tag(name, value);
            }
            else if (!line.StartsWith('#'))
            {
                if (isMaster == true) master.Entry(Expand(line));
                else media.Entry(Expand(line));
            }
        }

        return isMaster switch
        {
            true => master.Build(),
            false => media.Build(),
            null => throw Fault("it lists nothing", "Check that the stream is live."),
        };
    }

    private IEnumerable<string> Lines(string text)
    {
        for (var from = 0; from <= text.Length;)
        {
            var end = text.IndexOf('\n', from);
            if (end < 0) end = text.Length;
            if (++Line > PlaylistLimits.Lines) throw Fault($"it has more than {PlaylistLimits.Lines} lines");
            if (end - from > PlaylistLimits.LineLength) throw Fault($"the line has more than {PlaylistLimits.LineLength} characters");
            var line = text.AsSpan(from, end - from).Trim().ToString();
            from = end + 1;
            if (Line == 1)
            {
                if (!PlaylistText.IsSignature(line)) throw Fault("it does not begin with #EXTM3U", "It is no HLS playlist.");
            }
            else if (line.Length > 0)
            {
                yield return line;
            }
        }
    }

    private static (string Name, string Value) Split(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
    }

    private static bool? KindOf(string name) => s_masterTags.Contains(name) ? true : s_mediaTags.Contains(name) ? false : null;

    private void Define(string value)
    {
        var definition = AttributeList.Parse(value, out var fault) ?? throw Fault(fault!);
        if (_variables.Define(definition) is { } wrong) throw Fault(wrong);
    }

    // Also what is never fetched here (subtitles, session data, hints, ads) must not name files or odd protocols: such a list is an attack. Keys of
    // other key systems name their own schemes and are told apart where encryption is.
    private void CheckAddresses(string name, string value)
    {
        if (name is "#EXT-X-DEFINE" or "#EXT-X-KEY" or "#EXT-X-SESSION-KEY" || !value.Contains("URI=\"", StringComparison.Ordinal)) return;
        foreach (var (attribute, address) in Attributes(value).All)
            if (attribute == "URI") Address(address);
    }
}
