namespace TempSamp.Live.Media;

/// <summary>Collects the variants of a master playlist, line by line. Lists of single frames, session data and steering are passed over.</summary>
internal sealed class MasterListBuilder(PlaylistParser parser)
{
    private readonly List<HlsVariant> _variants = [];
    private readonly List<HlsRendition> _renditions = [];
    private AttributeList? _next;

    /// <summary>Takes a tag.</summary>
    public void Tag(string name, string value)
    {
        if (name == "#EXT-X-STREAM-INF")
        {
            if (_next is not null) parser.Complain("the variant before has no address");
            _next = parser.Attributes(value);
        }
        else if (name == "#EXT-X-MEDIA")
        {
            Rendition(parser.Attributes(value));
        }
    }

    /// <summary>Takes an address: a variant.</summary>
    public void Entry(string reference)
    {
        var url = parser.Address(reference);
        if (_next is not { } attributes)
        {
            parser.Complain($"address '{SecretText.Printable(reference)}' has no #EXT-X-STREAM-INF before it");
            return;
        }

        if (_variants.Count >= PlaylistLimits.Variants) throw parser.Fault($"it has more than {PlaylistLimits.Variants} variants");
        _variants.Add(new HlsVariant(url, Number(attributes, "BANDWIDTH"), Height(attributes), attributes["CODECS"] ?? "", attributes["AUDIO"]));
        _next = null;
    }

    /// <summary>The finished list.</summary>
    public MasterPlaylist Build()
    {
        if (_variants.Count == 0) throw parser.Fault("it has no variant");
        return new MasterPlaylist { Url = parser.Url, Complaints = parser.Complaints, Variants = _variants, Renditions = _renditions, Variables = parser.Variables };
    }

    private void Rendition(AttributeList attributes)
    {
        if (attributes["TYPE"] is not { } type || attributes["GROUP-ID"] is not { } group)
        {
            parser.Complain("a rendition has no TYPE or no GROUP-ID");
            return;
        }

        if (_renditions.Count >= PlaylistLimits.Variants) throw parser.Fault($"it has more than {PlaylistLimits.Variants} renditions");
        var url = attributes["URI"] is { } reference ? parser.Address(reference) : null;
        _renditions.Add(new HlsRendition(type, group, attributes["NAME"] ?? "", attributes["LANGUAGE"] ?? "", attributes["DEFAULT"] == "YES", url));
    }

    private long Number(AttributeList attributes, string name)
    {
        if (attributes[name] is { } text && PlaylistText.Whole(text) is { } number) return number;
        parser.Complain($"a variant has no {name}");
        return 0;
    }

    private int Height(AttributeList attributes)
    {
        if (attributes["RESOLUTION"] is not { } text) return 0;
        if (PlaylistText.Size(text) is { } size) return size.Height;
        parser.Complain($"resolution '{SecretText.Printable(text)}' is none");
        return 0;
    }
}
