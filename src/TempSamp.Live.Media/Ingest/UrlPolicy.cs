using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Decides what a stream may be read from, before anything is opened. Two questions: may a stream have this URL, and may a playlist at
/// one address name another. Which hosts may be connected to is <see cref="AddressGuard"/>'s part.
/// </summary>
public sealed class UrlPolicy(IngestOptions options)
{
    /// <summary>Every protocol that a stream can be read by.</summary>
    public static IReadOnlyList<string> Protocols { get; } = ["rtmp", "rtmps", "srt", "http", "https", "file", "listen"];

    private readonly IReadOnlyList<string> _allowed = options.AllowedProtocols.Count > 0 ? options.AllowedProtocols : Protocols;

    /// <summary>Checks a stream's own URL, as the operator's configuration names it.</summary>
    /// <exception cref="StreamException">Reason <c>forbidden</c>: names the part, why, and what to write instead.</exception>
    public StreamUrl Check(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (string.IsNullOrWhiteSpace(url)) throw Forbidden("Stream URL", url, "it is empty", $"Write one of {Allowed}.");
        RefuseControlCharacters("Stream URL", url);

        var scheme = SchemeOf(url);
        RequireAllowed("Stream URL", url, scheme ?? "file");
        return scheme switch
        {
            null => new(StreamUrlKind.File, Path.GetFullPath(url)),
            "file" => new(StreamUrlKind.File, LocalPath(url)),
            "listen" => new(StreamUrlKind.Listen, StreamKey(url)),
            "rtmp" or "rtmps" => new(StreamUrlKind.Rtmp, Network("Stream URL", url).AbsoluteUri),
            "srt" => Srt(url),
            "http" or "https" => new(StreamUrlKind.Http, Network("Stream URL", url).AbsoluteUri),
            _ => throw Unknown("Stream URL", url, scheme),
        };
    }

    /// <summary>
    /// Checks an address that a playlist names: network playlists may name HTTP addresses only, local playlists also files in their own folder or below.
    /// </summary>
    /// <param name="reference">The address as the playlist writes it, relative or absolute.</param>
    /// <param name="playlist">Where the playlist came from.</param>
    /// <param name="line">The playlist's line, for the message; 0 when there is none.</param>
    /// <exception cref="StreamException">Reason <c>forbidden</c>.</exception>
    public StreamUrl CheckNested(string reference, StreamUrl playlist, int line = 0)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(playlist);
        var part = line == 0 ? $"Address in playlist {playlist}:" : $"Address in playlist {playlist}, line {line}:";
        RefuseControlCharacters(part, reference);

        var scheme = SchemeOf(reference);
        if (scheme is "http" or "https")
        {
            RequireAllowed(part, reference, scheme);
            return new(StreamUrlKind.Http, Network(part, reference).AbsoluteUri);
        }

        if (scheme is not null && !(scheme == "file" && playlist.Kind == StreamUrlKind.File))
            throw Forbidden(part, reference, $"a playlist may not name protocol '{scheme}'", "Serve every part of the stream over HTTP or HTTPS.");

        return playlist.Kind == StreamUrlKind.File
            ? new(StreamUrlKind.File, Inside(part, reference, scheme, playlist.Target))
            : new(StreamUrlKind.Http, Relative(part, reference, playlist.Target));
    }

    private string Allowed => string.Join(", ", _allowed.Select(p => p switch { "file" => "a file path", "listen" => "listen:KEY", _ => $"{p}://..." }));

    private void RequireAllowed(string part, string url, string scheme)
    {
        if (!_allowed.Contains(scheme, StringComparer.OrdinalIgnoreCase)) throw Unknown(part, url, scheme);
    }

    private StreamException Unknown(string part, string url, string scheme) =>
        Forbidden(part, url, $"protocol '{SecretText.Printable(scheme)}' is not allowed", $"Use {Allowed}; {IngestOptions.Section}:AllowedProtocols sets the list.");

    // "subfile,,start,0,end,9,,:/x" and "crypto+http://x" are protocols to libav: the scheme is what stands before the first colon, up to an option.
    private static string? SchemeOf(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        var slash = url.AsSpan().IndexOfAny("/\\?#");
        if (colon < 0 || (slash >= 0 && slash < colon)) return null;
        var end = url.AsSpan(0, colon).IndexOfAny(",+");
        return url[..(end < 0 ? colon : end)].ToLowerInvariant();
    }

    private static void RefuseControlCharacters(string part, string url)
    {
        if (url.Any(char.IsControl)) throw Forbidden(part, url, "it holds control characters", "Write the address on one line, with special characters percent-encoded.");
    }

    private static Uri Network(string part, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Host.Length == 0)
            throw Forbidden(part, url, "it is not a complete URL", "Write it as protocol://host/path.");
        return parsed;
    }

    private static StreamUrl Srt(string url)
    {
        SrtAddress.Parse(url);
        return new(StreamUrlKind.Srt, url);
    }

    private static string StreamKey(string url)
    {
        var key = url["listen:".Length..].TrimStart('/');
        if (key.Length is 0 or > 200 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw Forbidden("Stream URL", $"listen:{SecretText.Mask(key)}", "its stream key is empty or has other characters than letters, digits, '-', '_' and '.'", "Write listen:KEY.");
        return key;
    }

    private static string LocalPath(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || !parsed.IsFile || parsed.IsUnc)
            throw Forbidden("Stream URL", url, "it names no local file", "Write the file's path.");
        return parsed.LocalPath;
    }

    private static string Relative(string part, string reference, string playlist)
    {
        if (!Uri.TryCreate(new Uri(playlist), reference, out var resolved) || resolved.Scheme is not ("http" or "https"))
            throw Forbidden(part, reference, "it does not resolve to an HTTP address", "Serve every part of the stream over HTTP or HTTPS.");
        return resolved.AbsoluteUri;
    }

    private static string Inside(string part, string reference, string? scheme, string playlist)
    {
        var folder = Path.GetDirectoryName(playlist)!;
        var path = scheme == "file" ? LocalPath(reference) : Path.GetFullPath(Path.Combine(folder, reference));
        if (scheme is null && !File.Exists(path)) // a file may be called what an address would have to escape
        {
            var name = Uri.UnescapeDataString(reference);
            RefuseControlCharacters(part, name);
            path = Path.GetFullPath(Path.Combine(folder, name));
        }

        if (!path.StartsWith(folder.TrimEnd('/') + '/', StringComparison.Ordinal))
            throw Forbidden(part, reference, "a local playlist may name only files in its own folder or below", "Copy the parts beside the playlist.");
        return path;
    }

    internal static StreamException Forbidden(string part, string url, string why, string fix) =>
        new($"{part} '{SecretText.Printable(url)}' is refused: {why}. {fix}", "forbidden");
}
