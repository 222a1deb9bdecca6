using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>An SRT address: <c>srt://host:port?mode=caller|listener&amp;streamid=...&amp;passphrase=...&amp;pbkeylen=16|24|32&amp;latency=MS</c>.</summary>
/// <param name="Host">Name or address; empty for a listener on every interface.</param>
/// <param name="Port">UDP port.</param>
/// <param name="IsListener">Whether a sender calls us.</param>
/// <param name="Options">Options as libav names them; a passphrase is in here and nowhere else.</param>
internal sealed record SrtAddress(string Host, int Port, bool IsListener, IReadOnlyDictionary<string, string> Options)
{
    private const int ShortestPassphrase = 10, LongestPassphrase = 79, LongestStreamId = 512;

    private static readonly string[] s_parameters = ["mode", "streamid", "passphrase", "pbkeylen", "latency"];

    /// <summary>Takes an address apart.</summary>
    /// <exception cref="StreamException"><c>forbidden</c>: something in it is wrong; a passphrase is not shown.</exception>
    public static SrtAddress Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Port is < 1 or > 65535) throw Wrong(url, "it has no port");
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in parsed.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var n, var v] ? (n, Uri.UnescapeDataString(v)) : (pair, "");
            if (!s_parameters.Contains(name)) throw Wrong(url, $"parameter '{SecretText.Printable(name)}' is not known");
            if (value.Any(char.IsControl)) throw Wrong(url, $"parameter '{name}' holds control characters");
            given[name] = value;
        }

        var mode = given.GetValueOrDefault("mode", "caller");
        if (mode is not ("caller" or "listener")) throw Wrong(url, "its mode is neither 'caller' nor 'listener'");
        if (mode == "caller" && parsed.Host.Length == 0) throw Wrong(url, "it names no host");
        return new(parsed.Host.Length == 0 ? "0.0.0.0" : parsed.DnsSafeHost, parsed.Port, mode == "listener", Checked(url, mode, given));
    }

    private static Dictionary<string, string> Checked(string url, string mode, Dictionary<string, string> given)
    {
        var options = new Dictionary<string, string> { ["protocol_whitelist"] = "srt", ["mode"] = mode, ["transtype"] = "live" };
        if (given.TryGetValue("streamid", out var id)) options["streamid"] = id.Length <= LongestStreamId ? id : throw Wrong(url, $"its stream id is longer than {LongestStreamId} characters");
        if (given.TryGetValue("passphrase", out var secret))
            options["passphrase"] = secret.Length is >= ShortestPassphrase and <= LongestPassphrase ? secret : throw Wrong(url, $"its passphrase is not {ShortestPassphrase} to {LongestPassphrase} characters long");
        if (given.TryGetValue("pbkeylen", out var bytes)) options["pbkeylen"] = bytes is "16" or "24" or "32" ? bytes : throw Wrong(url, "its key length is not 16, 24 or 32");
        if (given.TryGetValue("latency", out var latency))
            options["latency"] = int.TryParse(latency, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= 60_000
                ? (ms * 1000L).ToString(CultureInfo.InvariantCulture) : throw Wrong(url, "its latency is not 0 to 60000 milliseconds");
        return options;
    }

    private static StreamException Wrong(string url, string why) =>
        UrlPolicy.Forbidden("Stream URL", url.Split('?')[0], why, "Write srt://HOST:PORT?mode=caller&streamid=ID&passphrase=SECRET, or srt://:PORT?mode=listener.");
}
