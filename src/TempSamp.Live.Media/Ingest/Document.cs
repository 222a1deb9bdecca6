using System.Text;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Tells text documents that name other resources from media, by their first bytes, whatever they are called.</summary>
internal static class Document
{
    private static readonly (string Start, string Name, string Fix)[] s_known =
    [
        ("<MPD", "a DASH manifest", "DASH is not read here: name the stream's HLS playlist."),
        ("<?xml", "an XML document", "If it is a DASH manifest, name the stream's HLS playlist instead."),
        ("<!DOCTYPE", "a web page", "Name the stream itself, not the page that shows it."),
        ("<html", "a web page", "Name the stream itself, not the page that shows it."),
        ("<svg", "a drawing", "Name a stream."),
        ("ffconcat", "a list of files for ffmpeg", "Name the files themselves, one stream each."),
        ("v=0", "a session description (SDP)", "RTP is not read here: name an RTMP, SRT or HLS address."),
        ("[playlist]", "a list of addresses", "Name the address in it."),
    ];

    /// <summary>Refuses a document that is no media.</summary>
    /// <exception cref="StreamException"><c>invalid</c>: says what it is and what to name instead.</exception>
    public static void Refuse(StreamUrl url, ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(Encoding.UTF8.Preamble)) head = head[Encoding.UTF8.Preamble.Length..];
        var text = Encoding.ASCII.GetString(head).TrimStart();
        foreach (var (start, name, fix) in s_known)
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                throw new StreamException($"{url} is {name}, not media. {(start == "<?xml" && text.Contains("<MPD", StringComparison.Ordinal) ? s_known[0].Fix : fix)}", "invalid");
    }
}
