namespace TempSamp.Live.Grounding;

/// <summary>When the model is asked, in seconds of the stream, and about which clips.</summary>
/// <param name="Window">Longest clip it is shown.</param>
/// <param name="First">Seconds to wait for before the first question.</param>
/// <param name="Hop">Seconds between questions.</param>
/// <param name="Phases">Windows that grow side by side; 0 reads one window of full length afresh for each question.</param>
internal readonly record struct SearchPace(int Window, int First, int Hop, int Phases)
{
    /// <summary>A live stream: every hop, as soon as there is enough to see.</summary>
    public static SearchPace Live(int window, int hop, int phases, int least = 0) => new(window, Math.Max(hop, least), hop, phases);

    /// <summary>A file: whole windows, each half overlapping the one before.</summary>
    public static SearchPace File(int window) => new(window, window, Math.Max(1, window / 2), 0);
}
