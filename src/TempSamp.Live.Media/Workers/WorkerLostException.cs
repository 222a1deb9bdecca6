namespace TempSamp.Live.Media;

/// <summary>A worker process ended, was ended, or spoke nonsense before its work was done.</summary>
/// <param name="why">What happened to it.</param>
/// <param name="said">The last that it wrote to its error stream, made printable.</param>
/// <param name="inner">What brought it to light.</param>
internal sealed class WorkerLostException(string why, string said, Exception? inner = null)
    : Exception(said.Length > 0 ? $"{why}; it said: {said}" : why, inner)
{
    /// <summary>What happened to it.</summary>
    public string Why { get; } = why;
}
