using System.Threading.Channels;

namespace TempSamp.Live.Core;

/// <summary>Opens streams. Implemented by Media.</summary>
public interface IStreamSource
{
    /// <summary>Connects and reads until the tracks are known.</summary>
    /// <exception cref="StreamException">The stream cannot be opened; the message names it, the reason and the fix.</exception>
    Task<IStreamInput> OpenAsync(StreamPlan plan, CancellationToken cancel);

    /// <summary>Connects to a stream that was lost. A source that can be read from a place of one's choice goes on behind the bookmark; others begin where they are now.</summary>
    /// <param name="plan">The stream.</param>
    /// <param name="bookmark">The <see cref="IStreamInput.Bookmark"/> of the input that was lost.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StreamException">As <see cref="OpenAsync"/>; <c>ended</c> when the stream came to its end meanwhile.</exception>
    Task<IStreamInput> OpenAgainAsync(StreamPlan plan, string? bookmark, CancellationToken cancel) => OpenAsync(plan, cancel);
}

/// <summary>An open stream: one connection, never reconnected here. A session reads one after the other onto the same timeline.</summary>
public interface IStreamInput : IAsyncDisposable
{
    /// <summary>Tracks known so far; the first video track is the one sampled.</summary>
    IReadOnlyList<TrackFormat> Tracks { get; }

    /// <summary>UTC of this input's first video frame, as well as it is known.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Where <see cref="StartedAt"/> comes from: <c>arrival</c> or <c>program-date-time</c>.</summary>
    string ClockSource { get; }

    /// <summary>Whether the source plays by itself: opened again it goes on, where a recording would start anew.</summary>
    bool IsLive { get; }

    /// <summary>How far a source was read that can be read from a place of one's choice, in its own words; null for others. Asked for when reading is over.</summary>
    string? Bookmark => null;

    /// <summary>
    /// How much the source says is missing between the bookmark that the input was opened with and its first frame; null when it does not say, so that only the
    /// clock can tell.
    /// </summary>
    TimeSpan? MissingBefore => null;

    /// <summary>
    /// Reads to the end: every packet goes to <paramref name="tape"/>, frames of the 2 fps grid to <paramref name="frames"/>, which stays open for the
    /// input that may follow. Returns when the source says that it is over: a file's end, a playlist's end tag, a publisher's farewell.
    /// </summary>
    /// <param name="tape">Where packets go.</param>
    /// <param name="frames">Where frames go; slots before <paramref name="from"/> are left out.</param>
    /// <param name="from">Where on the session's timeline the first video frame stands.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="StreamException">The stream broke, or its connection was closed without a farewell (<c>dropped</c>).</exception>
    Task PumpAsync(IPacketSink tape, ChannelWriter<SampledFrame> frames, TimelinePlace from, CancellationToken cancel);

    /// <summary>
    /// Tells whether anybody looks at the frames, from any thread. While nobody does, an input may give frames that stand longer for less work; the grid stays
    /// whole. Inputs start as watched.
    /// </summary>
    void Attend(bool isWatched)
    {
    }
}

/// <summary>Reading of one input alone.</summary>
public static class StreamInputExtensions
{
    /// <summary>Reads an input from media time zero to its end and then completes <paramref name="frames"/>.</summary>
    /// <exception cref="StreamException">The stream broke.</exception>
    public static async Task PumpAsync(this IStreamInput input, IPacketSink tape, ChannelWriter<SampledFrame> frames, CancellationToken cancel)
    {
        try
        {
            await input.PumpAsync(tape, frames, TimelinePlace.Start, cancel);
        }
        finally
        {
            frames.TryComplete();
        }
    }
}

/// <summary>Takes packets in the order they were read. Called from one thread.</summary>
public interface IPacketSink
{
    /// <summary>A track appeared or changed; its packets follow.</summary>
    void Track(TrackFormat format, int epoch);

    /// <summary>The next packet.</summary>
    void Packet(MediaPacket packet);

    /// <summary>Something worth knowing about the stream at this place: a gap, a jump, a repair.</summary>
    void Note(StreamNote note);

    /// <summary>The source dates an instant of the timeline, as HLS does with EXT-X-PROGRAM-DATE-TIME.</summary>
    /// <param name="at">The instant.</param>
    /// <param name="utc">Its date.</param>
    /// <param name="source">Who says so, such as <c>program-date-time</c>.</param>
    void Date(MediaTime at, DateTimeOffset utc, string source);
}

/// <summary>A recorded fact about a stream: a repair, a gap, a change of format.</summary>
/// <param name="Kind">
/// <c>gap</c>: a stretch of the timeline without video, which counts as time that passed; <c>audio-gap</c>: one without this sound only; <c>jump</c>: the
/// source's times jumped, the timeline goes on; <c>format</c>, <c>corrupt</c>, <c>repair</c>, <c>decoder</c>, <c>tape</c>.
/// </param>
/// <param name="At">Where on the timeline; a gap's start.</param>
/// <param name="Text">For people.</param>
/// <param name="Length">How much of the timeline it covers; zero for an instant.</param>
public sealed record StreamNote(string Kind, MediaTime At, string Text, MediaTime Length = default);

/// <summary>Looks for moments in frames. Implemented by Grounding.</summary>
public interface IMomentFinder
{
    /// <summary>What frames the model wants and how it is asked.</summary>
    WindowProfile Profile { get; }

    /// <summary>Name and digest of the model, for event payloads.</summary>
    ModelIdentity Model { get; }

    /// <summary>Starts looking at one session of a stream.</summary>
    IMomentSearch Begin(StreamPlan plan);
}

/// <summary>The model behind verdicts. <paramref name="Revision"/> is a digest of its weights.</summary>
public sealed record ModelIdentity(string Id, string Revision);

/// <summary>One session's search. Frames are pushed in order; verdicts come back when a window is due.</summary>
public interface IMomentSearch : IAsyncDisposable
{
    /// <summary>Takes the next frame, whose pixels it must not use once the task is done; answers all queries when this frame completes a hop, else returns an empty list.</summary>
    ValueTask<IReadOnlyList<WindowVerdict>> PushAsync(SampledFrame frame, CancellationToken cancel);

    /// <summary>Asks other queries from the next window on, about all that it shows. Windows that were asked are answered for the old ones, by what this returns.</summary>
    /// <exception cref="Exception">They cannot be asked; the old ones go on.</exception>
    ValueTask<IReadOnlyList<WindowVerdict>> ChangeAsync(IReadOnlyList<HighlightQuery> queries, CancellationToken cancel);

    /// <summary>The stream ended: answers once more for whatever no window has covered yet.</summary>
    ValueTask<IReadOnlyList<WindowVerdict>> FinishAsync(CancellationToken cancel);

    /// <summary>What is worth noting of the search since the last time: hops that were skipped, work that was made lighter.</summary>
    IReadOnlyList<StreamNote> TakeNotes() => [];
}

/// <summary>Cuts clips from tape. Implemented by Media.</summary>
public interface IClipCutter
{
    /// <summary>Writes the ordered range of the packets as MP4 with its index in front, a poster, and what else the order asks for.</summary>
    /// <exception cref="ClipException">The clip cannot be cut; nothing is left behind at the order's path.</exception>
    Task<ClipFile> CutAsync(TapeSlice slice, ClipOrder order, CancellationToken cancel);
}

/// <summary>Packets of the tape that cover a wanted range: from the video key frame at or before its start to the last packet it needs, in read order.</summary>
/// <remarks>Audio may start a little before that key frame. Where the stream begins or ends inside the range, the slice does too.</remarks>
/// <param name="Tracks">The tracks as they are at the start.</param>
/// <param name="Packets">In read order.</param>
public sealed record TapeSlice(IReadOnlyList<TrackFormat> Tracks, IReadOnlyList<MediaPacket> Packets)
{
    /// <summary>Formats that take the place of those in <see cref="Tracks"/> for the packets of an epoch and of the later ones, in order; empty mostly.</summary>
    public IReadOnlyList<(int Epoch, TrackFormat Format)> Changes { get; init; } = [];
}

/// <summary>A finished clip on disk.</summary>
/// <param name="Path">The MP4.</param>
/// <param name="PosterPath">The JPEG; null when no frame could be decoded.</param>
/// <param name="Requested">What was asked for.</param>
/// <param name="Actual">First to last shown frame's end: what the file holds.</param>
/// <param name="Mode">How it was cut: <c>copy</c>, <c>smart</c> or <c>exact</c>.</param>
/// <param name="Tracks">What is inside.</param>
public sealed record ClipFile(string Path, string? PosterPath, TimeRange Requested, TimeRange Actual, string Mode, IReadOnlyList<TrackFormat> Tracks)
{
    /// <summary>Why it was cut in another way than asked, in a few words, such as <c>no-idr: ...</c>; null when it was not.</summary>
    public string? Fallback { get; init; }

    /// <summary>Frames that were encoded again; the others are the stream's own bytes.</summary>
    public int Reencoded { get; init; }

    /// <summary>Frames in the clip.</summary>
    public int Frames { get; init; }

    /// <summary>Further files that belong to the clip: HLS playlist and segments, sprite sheet and its WebVTT. All lie beside it, names beginning with its own.</summary>
    public IReadOnlyList<string> Extras { get; init; } = [];
}

/// <summary>Takes cut clips over and sees to it that each arrives or fails with a reason. Implemented by Delivery.</summary>
public interface IClipDelivery
{
    /// <summary>Where a clip is to be written before it is handed over: an empty folder, on the volume of the embedded store.</summary>
    string SpoolPath(ClipPlan plan);

    /// <summary>
    /// Takes a cut clip over: on return it lies flushed on the disk and is recorded, so its packets may go. Storing, checking and telling that it is ready, or why
    /// it will not be, go on without the caller, also after a crash and for as long as the store is away. Handing the same clip over again is harmless.
    /// </summary>
    /// <exception cref="ClipException">The disk does not take it; nothing of it is left.</exception>
    Task<ClipHandover> HandOverAsync(ClipPlan plan, ClipFile file, CancellationToken cancel);
}

/// <summary>A clip that Delivery has taken over.</summary>
/// <param name="Stored">Ends when the clip can be fetched and that was published; fails with a <see cref="ClipException"/> when it never will be, which was published too.</param>
public sealed record ClipHandover(Task<StoredClip> Stored);

/// <summary>A clip that can be fetched.</summary>
public sealed record StoredClip(ClipPlan Plan, ClipFile File, string Uri, long Bytes, string Sha256, string? PosterUri)
{
    /// <summary>What the store calls this content; null where it does not.</summary>
    public string? ETag { get; init; }

    /// <summary>Further files of the clip.</summary>
    public IReadOnlyList<StoredExtra> Extras { get; init; } = [];
}

/// <summary>A further file of a clip that can be fetched.</summary>
public sealed record StoredExtra(string Role, string Uri, string ContentType, long Bytes, string Sha256);

/// <summary>Sessions that a killed program left behind with their tapes: their announced clips can still be cut. Implemented by Sessions.</summary>
public interface IUnfinishedSessions
{
    /// <summary>Whether an announced clip of a session will be finished, or failed with a reason, from the session's tape.</summary>
    bool WillFinish(string sessionId, string clipId);

    /// <summary>Whether the end of a session will be told.</summary>
    bool WillEnd(string sessionId);

    /// <summary>Does what was said. Never throws; a session that cannot be finished is logged and stays for the next start.</summary>
    Task FinishAsync(CancellationToken giveUp);
}

/// <summary>Publishes what happened. Implemented by Delivery.</summary>
public interface IClipEvents
{
    /// <summary>Records what happened and the event that tells of it, durably before it returns. The same event told again changes nothing.</summary>
    Task PublishAsync(SessionEvent happened, CancellationToken cancel);
}

/// <summary>Every stream that is wanted now, on whichever worker. Implemented by Host.</summary>
public interface IWantedStreams
{
    /// <summary>The wanted set, whole, each time it changes.</summary>
    IAsyncEnumerable<IReadOnlyList<StreamSpec>> WatchAsync(CancellationToken cancel);
}

/// <summary>Decides which of the wanted streams this worker runs. Implemented by Delivery.</summary>
public interface IStreamAssignments
{
    /// <summary>Whether streams may come here whatever this worker's own settings say, so that it never has nothing more to do.</summary>
    bool MayGrow { get; }

    /// <summary>This worker's set, whole, each time it changes. Whoever asks for the next set says with it that the last one is carried out: what it left out has stopped.</summary>
    IAsyncEnumerable<IReadOnlyList<StreamSpec>> WatchAsync(CancellationToken cancel);
}

/// <summary>A stream cannot be opened or broke. The message names the stream, the reason and the fix.</summary>
/// <remarks>The reason decides how soon it is tried again: seconds, or minutes where trying again cannot help by itself (<c>forbidden</c>, <c>invalid</c>, <c>quarantined</c>).</remarks>
public sealed class StreamException(string message, string reason, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// Short machine name of the reason: <c>unreachable</c>, <c>refused</c>, <c>forbidden</c>, <c>invalid</c>, <c>timeout</c> (nobody answers), <c>silent</c> (connected, but
    /// nothing comes), <c>ended</c>, <c>dropped</c>, <c>damaged</c>, <c>no-video</c>, <c>native</c>, <c>quarantined</c>.
    /// </summary>
    public string Reason { get; } = reason;
}

/// <summary>A clip cannot be made or stored. The message names the clip, the reason and the fix.</summary>
public sealed class ClipException(string message, string reason, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Short machine name of the reason: <c>evicted</c>, <c>no-key-frame</c>, <c>format-changed</c>, <c>disk-full</c>, <c>cut-failed</c>, <c>store-failed</c>, <c>spool-full</c>, <c>spool-damaged</c>, <c>no-random-access</c>, <c>restart</c>.</summary>
    public string Reason { get; } = reason;
}
