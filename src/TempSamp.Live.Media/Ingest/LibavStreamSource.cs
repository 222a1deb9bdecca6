using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Opens streams with libav: RTMP pulled or published to us, SRT, HLS, media over HTTP, and files.</summary>
public sealed class LibavStreamSource : IStreamSource, IDisposable
{
    private readonly IngestOptions _options;
    private readonly TimeProvider _time;
    private readonly RtmpListener? _listener;
    private readonly ResourceReader _resources;

    /// <summary>Makes a source.</summary>
    /// <param name="options">How streams are opened and read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="listener">The RTMP endpoint; null when <c>listen:</c> streams are not served.</param>
    public LibavStreamSource(IOptions<IngestOptions> options, TimeProvider time, RtmpListener? listener = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _listener) = (options.Value, time, listener);
        _resources = new ResourceReader(new UrlPolicy(_options), new AddressGuard(_options));
    }

    /// <inheritdoc/>
    public Task<IStreamInput> OpenAsync(StreamPlan plan, CancellationToken cancel) => OpenAgainAsync(plan, null, cancel);

    /// <inheritdoc/>
    public async Task<IStreamInput> OpenAgainAsync(StreamPlan plan, string? bookmark, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var url = _resources.Policy.Check(plan.Url);
        var published = url.Kind == StreamUrlKind.Listen ? await PublisherAsync(url, cancel).ConfigureAwait(false) : null;
        return await NamedThread.RunAsync($"open {plan.Id}", () => Open(plan, url, published, MediaTime.Zero, bookmark, cancel)).ConfigureAwait(false);
    }

    /// <summary>Opens a stream on the calling thread, which may block: a worker's part of a session that its parent runs.</summary>
    /// <param name="plan">The stream.</param>
    /// <param name="published">What the parent's RTMP endpoint receives; null when the stream is read from its address.</param>
    /// <param name="skipTo">How much of a recording is passed over: the session has it already.</param>
    /// <param name="bookmark">Where an earlier input of a live stream stopped; null to begin as a new one.</param>
    /// <param name="cancel">Stops waiting.</param>
    internal IStreamInput Open(StreamPlan plan, FlvPipe? published, MediaTime skipTo, string? bookmark, CancellationToken cancel) =>
        Open(plan, _resources.Policy.Check(plan.Url), published, skipTo, bookmark, cancel);

    /// <inheritdoc/>
    public void Dispose() => _resources.Dispose();

    private async Task<FlvPipe> PublisherAsync(StreamUrl url, CancellationToken cancel) => _listener is null
        ? throw new StreamException($"{url} needs the RTMP endpoint, which does not run here. Run it in the daemon, or name an address to read from.", "forbidden")
        : await _listener.WaitForPublisherAsync(url.Target, cancel).ConfigureAwait(false);

    private LibavStreamInput Open(StreamPlan plan, StreamUrl url, FlvPipe? published, MediaTime skipTo, string? bookmark, CancellationToken cancel)
    {
        var deadline = new Deadline(_time, cancel);
        deadline.Set(_options.OpenTimeout);
        try
        {
            deadline.IsConnected = published is not null;
            var input = FormatInput.Open(url, published?.OpenRead(deadline), _resources, _options, deadline, bookmark);
            return LibavStreamInput.Start(plan, url, input, published, deadline, _options, _time, skipTo);
        }
        catch (FFmpegException e)
        {
            published?.Dispose();
            throw new StreamException($"Stream {plan.Id} cannot be opened: {e.Message}.", "native", e);
        }
        catch
        {
            published?.Dispose();
            throw;
        }
    }
}
