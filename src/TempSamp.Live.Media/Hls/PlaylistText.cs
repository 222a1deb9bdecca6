using System.Globalization;
using System.Text;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Numbers, dates and lists as RFC 8216 writes them, read the same way in every country and never past their bounds.</summary>
internal static class PlaylistText
{
    private const string Signature = "#EXTM3U";
    private const int KeyBytes = 16;

    /// <summary>Whether bytes begin like a playlist; a byte order mark may stand before it.</summary>
    public static bool IsPlaylist(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(Encoding.UTF8.Preamble)) start = start[Encoding.UTF8.Preamble.Length..];
        return start.StartsWith("#EXTM3U"u8);
    }

    /// <summary>Reads a playlist's text.</summary>
    /// <exception cref="StreamException"><c>invalid</c>: it is larger than <see cref="PlaylistLimits.Bytes"/>.</exception>
    public static string Read(Stream body, StreamUrl url)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = body.Read(buffer, 0, buffer.Length)) > 0;)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > PlaylistLimits.Bytes)
                throw new StreamException($"Playlist {url} is larger than {PlaylistLimits.Bytes / 1_000_000} MB. Name a playlist with fewer entries.", "invalid");
        }

        return Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length).TrimStart('\uFEFF');
    }

    /// <summary>Whether a line is the first of a playlist.</summary>
    public static bool IsSignature(ReadOnlySpan<char> line) => line.StartsWith(Signature) && (line.Length == Signature.Length || char.IsWhiteSpace(line[Signature.Length]));

    /// <summary>A decimal number of seconds from zero to <see cref="PlaylistLimits.Longest"/>: digits and one point, no sign, no exponent.</summary>
    public static TimeSpan? Seconds(ReadOnlySpan<char> text) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= 0 && value <= PlaylistLimits.Longest.TotalSeconds
            ? TimeSpan.FromSeconds(value) : null;

    /// <summary>A whole number from zero to 2^63 - 1.</summary>
    public static long? Whole(ReadOnlySpan<char> text) => long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A date and time with its offset from UTC, from 1970 to the year 9000.</summary>
    public static DateTimeOffset? Date(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length is < 16 or > 40 || text[4] != '-') return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) && date.Year is >= 1970 and < 9000 ? date : null;
    }

    /// <summary>Length and, after an @, offset; null for anything that no resource can have. The offset is null when it is left out.</summary>
    public static (long Length, long? Offset)? Range(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('@');
        if (Whole(at < 0 ? text : text[..at]) is not (> 0 and <= PlaylistLimits.SegmentBytes and var length)) return null;
        if (at < 0) return (length, null);
        return Whole(text[(at + 1)..]) is { } offset && offset <= long.MaxValue - length ? (length, offset) : null;
    }

    /// <summary>Width and height of <c>1920x1080</c>.</summary>
    public static (int Width, int Height)? Size(ReadOnlySpan<char> text)
    {
        var x = text.IndexOfAny('x', 'X');
        return x > 0 && Whole(text[..x]) is <= 65_535 and var width && Whole(text[(x + 1)..]) is <= 65_535 and var height ? ((int)width, (int)height) : null;
    }

    /// <summary>The 16 bytes of an initialisation vector, written as 0x and 32 digits.</summary>
    public static byte[]? Vector(string text)
    {
        if (text.Length != 2 + 2 * KeyBytes || !text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || !text.AsSpan(2).ContainsOnlyHex()) return null;
        return Convert.FromHexString(text.AsSpan(2));
    }

    private static bool ContainsOnlyHex(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiHexDigit(c)) return false;
        return true;
    }
}
