namespace TempSamp.Live.Sessions;

/// <summary>Why one attempt at a stream is over.</summary>
/// <param name="Reason">A reason of <see cref="Core.StreamException"/>, or <c>stopped</c>, <c>finder</c>, <c>fault</c>.</param>
/// <param name="Detail">For people: what, why, and what to do.</param>
public sealed record SessionEnd(string Reason, string Detail)
{
    /// <summary>The service or the configuration asked for it.</summary>
    public static readonly SessionEnd Stopped = new("stopped", "the stream was stopped on request");

    /// <summary>The source has no more to send.</summary>
    public static readonly SessionEnd Ended = new("ended", "the source ended the stream");
}
