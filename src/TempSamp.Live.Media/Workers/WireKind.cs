namespace TempSamp.Live.Media;

/// <summary>What a message between the service and a worker holds.</summary>
internal enum WireKind : byte
{
    /// <summary>To the worker: what it is to do, as JSON.</summary>
    Job = 1,

    /// <summary>To the worker: whole FLV tags of a publisher.</summary>
    Tags,

    /// <summary>To the worker: the publisher is gone, after a farewell (1) or without one (0).</summary>
    TagsEnd,

    /// <summary>To the worker: where on the session's timeline the stream begins. From the worker: all tracks known so far were told.</summary>
    Go,

    /// <summary>To the worker: whether anybody looks at the frames (1) or not (0).</summary>
    Attend,

    /// <summary>A sign of life, with how long the work has been in one call.</summary>
    Beat,

    /// <summary>The stream is open.</summary>
    Opened,

    /// <summary>A track and the epoch it begins in.</summary>
    Track,

    /// <summary>An encoded packet.</summary>
    Packet,

    /// <summary>A fact about the stream.</summary>
    Note,

    /// <summary>The date of an instant.</summary>
    Date,

    /// <summary>A sampled frame; its pixels are the next message.</summary>
    Frame,

    /// <summary>The pixels of the frame before.</summary>
    Pixels,

    /// <summary>How far the stream was read, in the worker's own words: told to the worker that opens it again.</summary>
    Bookmark,

    /// <summary>A line for the log.</summary>
    Log,

    /// <summary>The work is done; for some jobs with its result as JSON.</summary>
    Done,

    /// <summary>The work failed: reason and message.</summary>
    Failed,
}
