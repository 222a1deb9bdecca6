namespace TempSamp.Live.Grounding;

/// <summary>When the model is asked, in seconds of the stream.</summary>
/// <param name="Window">Longest clip it is shown.</param>
/// <param name="First">Seconds to wait for before the first question.</param>
/// <param name="Hop">Seconds between questions.</param>
internal readonly record struct SearchPace(int Window, int First, int Hop)
{
    /// <summary>A live stream: from the first hop on, every hop.</summary>
    public static SearchPace Live(int window, int hop) => new(window, hop, hop);

    /// <summary>A file: whole windows, each half overlapping the one before.</summary>
    public static SearchPace File(int window) => new(window, window, Math.Max(1, window / 2));
}
