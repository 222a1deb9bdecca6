using System.Net;
using System.Net.Sockets;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Opens the bytes of files and HTTP addresses for the demuxer, so that libav itself opens no file and no connection: every name is resolved,
/// checked and connected to here, redirects included.
/// </summary>
internal sealed class ResourceReader(UrlPolicy policy, AddressGuard guard, TimeProvider time) : IDisposable
{
    private const int MostRedirects = 5;
    private const int Attempts = 4;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancel) => await ConnectAsync(guard, context.DnsEndPoint, cancel).ConfigureAwait(false),
        MaxAutomaticRedirections = MostRedirects,
        AutomaticDecompression = DecompressionMethods.None,
        UseProxy = false,
        UseCookies = false,
    }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>What may be opened.</summary>
    public UrlPolicy Policy => policy;

    /// <summary>Which hosts may be connected to.</summary>
    public AddressGuard Guard => guard;

    /// <summary>Opens a file or an HTTP address that passed the policy.</summary>
    /// <exception cref="StreamException">It is missing, refused, forbidden or unreachable.</exception>
    public Resource Open(StreamUrl url, Deadline deadline) => url.Kind == StreamUrlKind.File ? OpenFile(url) : HttpStream.Open(_http, url, deadline);

    /// <summary>Opens a part of a stream that is running. A server that hiccups for a second must not end it, so an unreachable one is tried again.</summary>
    /// <exception cref="StreamException">It is missing, refused or forbidden, or stayed unreachable.</exception>
    public Resource OpenPart(StreamUrl url, Deadline deadline)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Open(url, deadline);
            }
            catch (StreamException e) when (e.Reason == "unreachable" && url.Kind == StreamUrlKind.Http && attempt < Attempts && !deadline.IsOver)
            {
                deadline.Wait(cancel => Task.Delay(s_pause * attempt, time, cancel).ContinueWith(_ => true, TaskScheduler.Default));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static Resource OpenFile(StreamUrl url)
    {
        try
        {
            return new Resource(new FileStream(url.Target, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete }), url, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamException($"File '{SecretText.Printable(url.Target)}' cannot be opened: {e.Message} Check the path and its permissions.", "unreachable", e);
        }
    }

    private static async Task<Stream> ConnectAsync(AddressGuard guard, DnsEndPoint target, CancellationToken cancel)
    {
        var addresses = await guard.ResolveAsync(target.Host, cancel).ConfigureAwait(false);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], target.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Open bytes.</summary>
/// <param name="Body">The bytes; the receiver disposes them.</param>
/// <param name="Url">Where they come from, after redirects.</param>
/// <param name="ContentType">What the server calls them; may be empty.</param>
internal sealed record Resource(Stream Body, StreamUrl Url, string ContentType);
