namespace TempSamp.Live.Media;

/// <summary>How a stream is reached.</summary>
public enum StreamUrlKind
{
    /// <summary>A publisher of the built-in RTMP endpoint.</summary>
    Listen,

    /// <summary>Pulled from an RTMP or RTMPS server.</summary>
    Rtmp,

    /// <summary>Called or listened for over SRT.</summary>
    Srt,

    /// <summary>Pulled over HTTP or HTTPS: a playlist or a media file.</summary>
    Http,

    /// <summary>A local file.</summary>
    File,
}

/// <summary>An address that passed <see cref="UrlPolicy"/>.</summary>
/// <param name="Kind">How it is reached.</param>
/// <param name="Target">Canonical URL, full file path, or stream key.</param>
public sealed record StreamUrl(StreamUrlKind Kind, string Target)
{
    /// <summary>The address as messages show it: no user, no password, no query, no stream key.</summary>
    public override string ToString() => Kind switch
    {
        StreamUrlKind.Listen => $"listen:{SecretText.Mask(Target)}",
        StreamUrlKind.File => Target,
        StreamUrlKind.Rtmp => SecretText.WithoutLastSegment(new Uri(Target)),
        _ => SecretText.WithoutQuery(new Uri(Target)),
    };
}
