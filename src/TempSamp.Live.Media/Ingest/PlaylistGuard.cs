using System.Globalization;
using System.Text;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Reads an HLS playlist before libav does, checks every address in it against the policy, and hands the same bytes on. What is forbidden is
/// refused here, before anything that the playlist names is opened.
/// </summary>
internal static class PlaylistGuard
{
    private const int MostBytes = 4_000_000;
    private const string Signature = "#EXTM3U";

    /// <summary>Whether the bytes begin like an HLS playlist.</summary>
    public static bool IsPlaylist(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(Encoding.UTF8.Preamble)) start = start[Encoding.UTF8.Preamble.Length..];
        return start.StartsWith(Encoding.ASCII.GetBytes(Signature));
    }

    /// <summary>Reads the rest of a playlist and checks it.</summary>
    /// <returns>The whole playlist's bytes and its target duration, zero when it names none.</returns>
    /// <exception cref="StreamException">It names a forbidden address, or is too large.</exception>
    public static (byte[] Bytes, TimeSpan Target) Check(Stream body, StreamUrl url, UrlPolicy policy)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = body.Read(buffer, 0, buffer.Length)) > 0;)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > MostBytes)
                throw new StreamException($"Playlist {url} is larger than {MostBytes / 1_000_000} MB. Name a playlist with fewer entries.", "damaged");
        }

        var target = TimeSpan.Zero;
        foreach (var line in Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length).EnumerateLines())
        {
            var text = line.Trim();
            if (text.IsEmpty) continue;
            if (text[0] != '#') policy.CheckNested(text.ToString(), url);
            else if (text.StartsWith("#EXT-X-TARGETDURATION:")) target = Duration(text["#EXT-X-TARGETDURATION:".Length..]);
            else CheckAttributes(text, url, policy);
        }

        return (whole.ToArray(), target);
    }

    private static void CheckAttributes(ReadOnlySpan<char> tag, StreamUrl url, UrlPolicy policy)
    {
        const string attribute = "URI=\"";
        if (!tag.StartsWith("#EXT")) return;
        for (int at; (at = tag.IndexOf(attribute, StringComparison.OrdinalIgnoreCase)) >= 0;)
        {
            tag = tag[(at + attribute.Length)..];
            var end = tag.IndexOf('"');
            policy.CheckNested((end < 0 ? tag : tag[..end]).ToString(), url);
        }
    }

    private static TimeSpan Duration(ReadOnlySpan<char> seconds) =>
        double.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value < 3600 ? TimeSpan.FromSeconds(value) : TimeSpan.Zero;
}
