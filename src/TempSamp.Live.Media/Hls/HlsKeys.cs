using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Which key is in force while a media playlist is read. Several key tags in a row offer the same key by different systems.</summary>
internal sealed class HlsKeys(PlaylistParser parser)
{
    private readonly List<(HlsKey? Key, string? Unreadable)> _offers = [];
    private bool _isInUse;
    private int _tags;

    /// <summary>Takes a key tag.</summary>
    public void Take(string value)
    {
        if (++_tags > PlaylistLimits.Keys) throw parser.Fault($"it has more than {PlaylistLimits.Keys} keys");
        if (_isInUse) _offers.Clear();
        _isInUse = false;
        if (_offers.Count < PlaylistLimits.Attributes) _offers.Add(Read(parser.Attributes(value)));
    }

    /// <summary>The key of what comes next; null when it is not encrypted.</summary>
    /// <exception cref="StreamException"><c>invalid</c>: it is encrypted in a way that cannot be read here.</exception>
    public HlsKey? Current()
    {
        _isInUse = true;
        if (_offers.Count == 0) return null;
        foreach (var (key, unreadable) in _offers)
            if (unreadable is null) return key;
        throw parser.Fault($"it is encrypted with {_offers[0].Unreadable}", "Only AES-128 with plain keys is read here: name an unprotected stream.");
    }

    private (HlsKey?, string?) Read(AttributeList attributes)
    {
        var method = attributes["METHOD"] ?? throw parser.Fault("the key has no METHOD");
        if (method == "NONE") return (null, null);
        var format = attributes["KEYFORMAT"] ?? "identity";
        if (method != "AES-128" || format != "identity") return (null, $"{SecretText.Printable(method)} ({SecretText.Printable(format)})");

        var url = parser.Address(attributes["URI"] ?? throw parser.Fault("the key has no URI"));
        if (attributes["IV"] is not { } iv) return (new HlsKey(url, null), null);
        return (new HlsKey(url, PlaylistText.Vector(iv) ?? throw parser.Fault("the key's IV is not 0x and 32 hexadecimal digits")), null);
    }
}
