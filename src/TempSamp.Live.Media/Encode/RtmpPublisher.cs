using System.Net;
using System.Net.Sockets;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>How a file is played out.</summary>
public sealed record RtmpPublishOptions
{
    /// <summary>Media seconds per second: 1 is real time.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>How often the file is played; 0 until cancelled.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>How long the server may block one read or write.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Publishes a media file to an RTMP server at the pace of its timestamps, packets unchanged.</summary>
public sealed class RtmpPublisher(TimeProvider time)
{
    /// <summary>Some servers say no by hanging up after the first packets; later than this they have gone away.</summary>
    private static readonly MediaTime FirstSecond = MediaTime.FromSeconds(1);

    /// <summary>Plays the file out and returns how much media was sent.</summary>
    /// <param name="path">A file with H.264 video and optionally AAC sound.</param>
    /// <param name="url">Where to: <c>rtmp://host/app/key</c>.</param>
    /// <param name="options">Pace and repetitions.</param>
    /// <param name="position">Told the media time of each video packet that was sent, from the start of the first loop.</param>
    /// <param name="cancel">Stops at once and drops the connection.</param>
    /// <exception cref="StreamException">
    /// The server is <c>unreachable</c>, <c>refused</c> the publication or went away (<c>ended</c>); the address or the file is <c>invalid</c>.
    /// </exception>
    public async Task<MediaTime> PublishAsync(
        string path, string url, RtmpPublishOptions? options = null, IProgress<MediaTime>? position = null, CancellationToken cancel = default)
    {
        options ??= new RtmpPublishOptions();
        var target = Show(url);
        await ResolveAsync(new Uri(url), target, cancel);
        using var copy = await Task.Run(() => Open(path, url, target, options, cancel), cancel);
        var pacer = new Pacer(time, options.Speed);
        try
        {
            while (copy.TryNext())
            {
                await pacer.WaitAsync(copy.At, cancel);
                copy.Send();
                if (copy.IsVideo)
                {
                    position?.Report(copy.At);
                }
            }
            copy.Finish();
            return copy.End;
        }
        catch (FFmpegException error)
        {
            cancel.ThrowIfCancellationRequested();
            throw copy.At < FirstSecond
                ? Refused(target, error)
                : new StreamException($"publishing '{path}' to {target} broke off at {copy.At}: {FFmpegException.Describe(error.Code)}", "ended", error);
        }
    }

    private static FileRelay Open(string path, string url, string target, RtmpPublishOptions options, CancellationToken cancel)
    {
        try
        {
            return FileRelay.Open(path, url, target, options, cancel);
        }
        catch (FFmpegException error)
        {
            cancel.ThrowIfCancellationRequested();
            throw error.Call switch
            {
                "avio_open2" when IsNetwork(error.Code) => new StreamException(
                    $"cannot publish to {target}: {FFmpegException.Describe(error.Code)}. Is the server running and the port right?", "unreachable", error),
                "avio_open2" => Refused(target, error),
                _ => new StreamException($"cannot publish '{path}': {error.Message}", "invalid", error),
            };
        }
        catch (FileNotFoundException error)
        {
            throw new StreamException($"cannot publish to {target}: {error.Message}", "invalid", error);
        }
    }

    private static StreamException Refused(string target, FFmpegException error) => new(
        $"{target} refused the publication: {FFmpegException.Describe(error.Code)}. Are the application and the stream key right?", "refused", error);

    /// <summary>ENETUNREACH, ETIMEDOUT, ECONNREFUSED, EHOSTUNREACH.</summary>
    private static bool IsNetwork(int code) => -code is 101 or 110 or 111 or 113;

    /// <summary>libav says of a name that does not resolve only that input failed, so the name is looked up first.</summary>
    private static async Task ResolveAsync(Uri url, string target, CancellationToken cancel)
    {
        try
        {
            await Dns.GetHostAddressesAsync(url.DnsSafeHost, cancel);
        }
        catch (SocketException error)
        {
            throw new StreamException($"cannot publish to {target}: {error.Message}. Is the host name right?", "unreachable", error);
        }
    }

    /// <summary>The address without its stream key, which is a secret.</summary>
    private static string Show(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "rtmp" or "rtmps" && address.Segments.Length > 2
            ? SecretText.WithoutLastSegment(address)
            : throw new StreamException("an RTMP address to publish to looks like rtmp://host/application/key", "invalid");
}
