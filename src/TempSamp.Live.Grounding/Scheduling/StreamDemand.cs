using System.Globalization;

namespace TempSamp.Live.Grounding;

/// <summary>What a stream asks of the model.</summary>
/// <param name="Stream">Its id.</param>
/// <param name="Units">Work of one hop, in tokens that the model reads; the time of a unit is measured.</param>
/// <param name="Hop">Time between hops.</param>
/// <param name="Bytes">Memory of its windows.</param>
internal readonly record struct StreamDemand(string Stream, double Units, TimeSpan Hop, long Bytes)
{
    /// <summary>Share of the model's time that it takes when a unit takes so many seconds.</summary>
    public double Load(double secondsPerUnit) => Units * secondsPerUnit / Hop.TotalSeconds;
}

/// <summary>Decides whether one more stream fits. Pure.</summary>
internal static class Admission
{
    /// <summary>Why a stream does not fit, with the numbers; null where it does.</summary>
    /// <param name="wanted">The stream.</param>
    /// <param name="running">Those that run.</param>
    /// <param name="secondsPerUnit">As measured; null while nothing was.</param>
    /// <param name="maxLoad">Most load of all together.</param>
    /// <param name="maxBytes">Most memory of all together; null for no bound.</param>
    public static string? Refusal(StreamDemand wanted, IReadOnlyCollection<StreamDemand> running, double? secondsPerUnit, double maxLoad, long? maxBytes)
    {
        if (maxBytes is { } most && running.Sum(r => r.Bytes) is var taken && taken + wanted.Bytes > most)
            return Text($"Stream {wanted.Stream} does not fit into memory: its windows need {wanted.Bytes / 1e6:0} MB, {running.Count} streams take {taken / 1e6:0} of {most / 1e6:0} MB. Watch fewer streams or queries, use a shorter window, or raise Scheduler:MemoryBytes.");
        if (secondsPerUnit is { } unit && running.Count > 0 && running.Sum(r => r.Load(unit)) is var load && load + wanted.Load(unit) > maxLoad)
            return Text($"Stream {wanted.Stream} does not fit into the model's time: its hop of {wanted.Hop.TotalSeconds:0.#} s takes about {1000 * wanted.Units * unit:0} ms, {100 * wanted.Load(unit):0} % of the model, and {running.Count} streams take {100 * load:0} % of the {100 * maxLoad:0} % that Scheduler:MaxLoad allows. Watch fewer streams or queries, use a longer hop, or a faster device.");
        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A stream was refused because it does not fit beside those that run. The message has the numbers.</summary>
public sealed class AdmissionException(string message) : Exception(message);
