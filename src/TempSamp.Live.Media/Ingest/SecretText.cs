namespace TempSamp.Live.Media;

/// <summary>Shows addresses and keys in messages without giving away what opens a door.</summary>
internal static class SecretText
{
    private const int Longest = 160;

    /// <summary>The first two characters of a key, then stars; short keys show nothing.</summary>
    public static string Mask(string key) => key.Length > 5 ? $"{Printable(key[..2])}***" : "***";

    /// <summary>Scheme, host and path.</summary>
    public static string WithoutQuery(Uri url) => Printable(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));

    /// <summary>As <see cref="WithoutQuery"/>, with the last path segment masked: the stream key of an RTMP address.</summary>
    public static string WithoutLastSegment(Uri url)
    {
        var text = WithoutQuery(url);
        var slash = text.LastIndexOf('/');
        return slash < 0 ? text : $"{text[..(slash + 1)]}{Mask(text[(slash + 1)..])}";
    }

    /// <summary>Untrusted text made safe for one line of a log: control and direction-changing characters become dots, long text is cut.</summary>
    public static string Printable(string text, int longest = Longest)
    {
        var shown = text.Length > longest ? text[..longest] : text;
        var clean = string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = IsPlain(source[i]) ? source[i] : '.';
        });
        return shown.Length < text.Length ? clean + "…" : clean;
    }

    private static bool IsPlain(char c) =>
        char.GetUnicodeCategory(c) is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator
            or System.Globalization.UnicodeCategory.Surrogate);
}
