using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// The one place where an address becomes packets. Playlists are followed by <see cref="HlsInput"/>, everything else is one demuxer's
/// (<see cref="DemuxedInput"/>). Gives the first video and the sound that belongs to it.
/// </summary>
/// <remarks>Blocking; used from one thread.</remarks>
internal abstract class FormatInput : IDisposable
{
    private const ulong LargestBlock = 512UL * 1024 * 1024;

    /// <summary>Opens an address that passed the policy and reads until its tracks are known.</summary>
    /// <param name="url">The address.</param>
    /// <param name="published">The bytes of a publisher for <see cref="StreamUrlKind.Listen"/>; disposed with the input.</param>
    /// <param name="resources">Opens files and HTTP addresses.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="deadline">The time limit; set by the caller for opening and before each read.</param>
    /// <param name="bookmark">Where an earlier input of the same address stopped; null to begin as a new one.</param>
    /// <exception cref="StreamException">The input cannot be opened.</exception>
    public static FormatInput Open(StreamUrl url, Stream? published, ResourceReader resources, IngestOptions options, Deadline deadline, string? bookmark = null)
    {
        FFmpegLibraries.Ensure(options.FFmpegPath);
        ffmpeg.av_max_alloc(LargestBlock);
        if (published is not null) return DemuxedInput.Open(url, published, "flv", options, deadline);
        if (url.Kind is not (StreamUrlKind.File or StreamUrlKind.Http)) return DemuxedInput.OpenProtocol(url, options, resources.Guard, deadline);

        return ReadFailure.Try<FormatInput>(url, deadline, () =>
        {
            var resource = resources.Open(url, deadline);
            var body = new PeekStream(resource.Body);
            if (!PlaylistText.IsPlaylist(body.Head))
            {
                Document.Refuse(resource.Url, body.Head);
                return DemuxedInput.Open(resource.Url, body, null, options, deadline);
            }

            using (body) return HlsInput.Open(PlaylistText.Read(body, resource.Url), resource.Url, resources, options, deadline, bookmark);
        });
    }

    /// <summary>Name of the container, as libav calls it; <c>hls</c> for a playlist.</summary>
    public abstract string Container { get; }

    /// <summary>Declared length; null for live streams.</summary>
    public abstract TimeSpan? Duration { get; }

    /// <summary>Declared bits per second; 0 when unknown.</summary>
    public abstract long BitRate { get; }

    /// <summary>Tracks known so far; grows when a live stream's track appears late.</summary>
    public abstract IReadOnlyList<TrackFormat> Tracks { get; }

    /// <summary>Where a later input of the same address goes on; null when that cannot be chosen.</summary>
    public virtual string? Bookmark => null;

    /// <summary>How much is missing between the input whose bookmark this one was opened with and its first packet; null when the source does not say.</summary>
    public virtual TimeSpan? MissingBefore => null;

    /// <summary>How long a read may take before the source counts as silent; infinite where the input watches that itself.</summary>
    public abstract TimeSpan Patience { get; }

    /// <summary>How far its first packet lies behind what the source plays now, as far as it says so: what a live playlist already holds.</summary>
    public virtual TimeSpan Behind => TimeSpan.Zero;

    /// <summary>Reads the next packet of a kept track.</summary>
    /// <returns>False at the end of the input.</returns>
    /// <exception cref="StreamException">The input broke, was refused, or was silent for too long.</exception>
    public abstract bool TryRead(out SourcePacket packet);

    /// <inheritdoc/>
    public abstract void Dispose();
}
