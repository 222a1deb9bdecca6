namespace TempSamp.Live.Core;

/// <summary>What a producer asks of a stream: a sentence, and how sure the model must be before it becomes a clip.</summary>
/// <param name="Id">Short stable name, such as <c>goal</c>; part of clip ids and event payloads.</param>
/// <param name="Text">The sentence asked of the model, in any language.</param>
/// <param name="Threshold">Lowest presence score in [0, 1] that counts as a sighting.</param>
/// <param name="Policy">How a settled moment becomes a clip.</param>
public sealed record HighlightQuery(string Id, string Text, double Threshold, ClipPolicy Policy);

/// <summary>A stream as configuration names it: what to watch, nothing resolved yet.</summary>
/// <param name="Id">Stable name; part of folder names, so letters, digits, dot, dash and underscore only.</param>
/// <param name="Url">RTMP, HLS or file address, or <c>listen:KEY</c> for a publisher of the built-in RTMP endpoint.</param>
/// <param name="Queries">What to look for; without any the stream stands by, read and taped.</param>
public sealed record StreamSpec(string Id, string Url, IReadOnlyList<HighlightQuery> Queries);

/// <summary>A validated, resolved stream: what a session runs on. A reload makes a new plan and never edits one.</summary>
/// <param name="Id">The stream's name.</param>
/// <param name="Url">Where it comes from.</param>
/// <param name="Queries">What to look for; none for a stream that stands by.</param>
/// <param name="Profile">The model's frame grid and window.</param>
/// <param name="Tape">Bounds of the packet tape.</param>
public sealed record StreamPlan(string Id, string Url, IReadOnlyList<HighlightQuery> Queries, WindowProfile Profile, TapeBounds Tape)
{
    /// <summary>Whether nobody looks at its pictures: it is taped and ready for its first query.</summary>
    public bool StandsBy => Queries.Count == 0;

    /// <summary>Whether it is a recording on this machine: played once, never reconnected.</summary>
    public bool IsFile =>
        !Url.StartsWith("listen:", StringComparison.Ordinal) && (!Url.Contains("://", StringComparison.Ordinal) || Url.StartsWith("file:", StringComparison.OrdinalIgnoreCase));
}

/// <summary>The resolution and window that a model is asked with; constant for a session so that features can be reused.</summary>
/// <param name="FrameWidth">Pixels, a multiple of 28.</param>
/// <param name="FrameHeight">Pixels, a multiple of 28.</param>
/// <param name="Window">Longest clip that the model sees at once.</param>
/// <param name="Hop">How often it is asked; a whole number of seconds so that frame pairs stay aligned.</param>
public sealed record WindowProfile(int FrameWidth, int FrameHeight, TimeSpan Window, TimeSpan Hop);

/// <summary>How much of a stream the packet tape keeps: the newest GOPs inside all bounds.</summary>
/// <param name="Length">How far back.</param>
/// <param name="Bytes">Most encoded bytes in memory.</param>
/// <param name="SpillDirectory">Folder that closed GOPs are written to; null keeps them in memory only.</param>
/// <param name="DiskBytes">Most bytes there.</param>
public sealed record TapeBounds(TimeSpan Length, long Bytes, string? SpillDirectory = null, long DiskBytes = long.MaxValue);
