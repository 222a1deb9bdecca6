using System.ComponentModel.DataAnnotations;

namespace TempSamp.Live.Media;

/// <summary>The built-in RTMP endpoint that streams with a <c>listen:KEY</c> URL are published to. Section <c>Rtmp</c>.</summary>
public sealed record RtmpOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Rtmp";

    /// <summary>Address to listen on. Default 0.0.0.0, every interface; 127.0.0.1 keeps publishers on this machine.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Address { get; init; } = "0.0.0.0";

    /// <summary>TCP port; 0 picks a free one. Default 1935. The port opens when the first stream with a <c>listen:KEY</c> URL starts.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 1935;

    /// <summary>Time a client has from connecting until it publishes. Default 10 s; 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time a publisher of a known key waits for its stream to come back from a restart. Default 15 s; 0 to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Largest message a publisher may send. Default 8 MB; 64 KiB to 64 MB.</summary>
    [Range(64 * 1024, 64_000_000)]
    public int MaxMessageBytes { get; init; } = 8_000_000;

    /// <summary>Most connections at once; further ones are closed. Default 64; 1 to 4096.</summary>
    [Range(1, 4096)]
    public int MaxConnections { get; init; } = 64;
}
