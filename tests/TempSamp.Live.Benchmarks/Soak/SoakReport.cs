using System.Globalization;
using TempSamp.Live.Core;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Benchmarks;

/// <summary>One fault and what followed.</summary>
/// <param name="Fault">What happened.</param>
/// <param name="Stream">To which stream.</param>
/// <param name="Seconds">From the source's return to the first packet on the tape, which begins with a key frame.</param>
/// <param name="SinceKeyFrame">The same from the first key frame that a player can start with which joins when the source is back; of HLS, from the first segment that it has not had.</param>
/// <param name="Sessions">Sessions so far: one, where all went on.</param>
/// <param name="Timeline">Media and gaps so far in seconds.</param>
/// <param name="Drift">Wall time minus timeline in seconds.</param>
public sealed record SoakFault(string Fault, string Stream, double Seconds, double SinceKeyFrame, int Sessions, double Timeline, double Drift);

/// <summary>A stream at the end.</summary>
public sealed record SoakStream(string Stream, int Sessions, TimelineAccount Timeline, TapeStatus Tape, IReadOnlyList<StreamNote> Notes);

/// <summary>What the process holds, in MiB, after garbage was collected.</summary>
/// <param name="Resident">Resident memory, without what comes from files.</param>
/// <param name="Managed">Live objects.</param>
/// <param name="ManagedCommitted">Memory of the managed heap.</param>
/// <param name="Native">What native code has allocated and not freed, by the C library's own count.</param>
/// <param name="NativeFree">What native code has freed and the C library keeps.</param>
/// <param name="Tapes">Encoded bytes that the tapes hold in memory.</param>
public sealed record SoakMemory(double Resident, double Managed, double ManagedCommitted, double Native, double NativeFree, double Tapes);

/// <summary>A whole run.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Length">How long.</param>
/// <param name="Faults">Each fault of each stream.</param>
/// <param name="Memory">Memory after each cycle of faults.</param>
/// <param name="TapeFullAfter">Cycles until every tape was as long as it may be.</param>
/// <param name="Streams">The streams at the end.</param>
public sealed record SoakReport(MachineFacts Machine, TimeSpan Length, IReadOnlyList<SoakFault> Faults, IReadOnlyList<SoakMemory> Memory, int TapeFullAfter, IReadOnlyList<SoakStream> Streams)
{
    /// <summary>Growth of resident memory from the first cycle's end to the last one's.</summary>
    public double Growth => GrowthFrom(0);

    /// <summary>Growth from the end of the first cycle that began with full tapes: from there on nothing should be added.</summary>
    public double GrowthWithFullTapes => GrowthFrom(TapeFullAfter);

    private double GrowthFrom(int cycle) => cycle >= Memory.Count - 1 ? 0 : (Memory[^1].Resident / Memory[cycle].Resident) - 1;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Machine}
        {Faults.Count} faults in {Length.TotalMinutes:0.0} min
        {string.Join('\n', Faults.GroupBy(fault => fault.Fault).Select(same => $"  {same.Key,-24} read again after {Most(same, fault => fault.Seconds)} s at most"))}
        reconnect: most {Faults.Max(fault => fault.SinceKeyFrame):0.00} s from the first key frame or segment that a player can go on with (goal <= 3 s), {Faults.Max(fault => fault.Seconds):0.00} s from the source's return
        {string.Join('\n', Streams.Select(stream => string.Create(CultureInfo.InvariantCulture, $"  {stream.Stream}: {stream.Sessions} session, media {stream.Timeline.Media.TotalSeconds:0.0} s + {stream.Timeline.GapCount} gaps of {stream.Timeline.Gaps.TotalSeconds:0.0} s, wall minus timeline {stream.Timeline.Drift?.TotalSeconds:0.000} s = {100 * Math.Abs(stream.Timeline.Drift?.TotalSeconds ?? 0) / stream.Timeline.Total.TotalSeconds:0.000} % (goal <= 0.1 %); {string.Join(", ", stream.Notes.GroupBy(note => note.Kind).Select(kind => $"{kind.Key}: {kind.Count()}"))}")))}
        memory after each cycle in MiB: resident {Each(memory => memory.Resident)}; managed {Each(memory => memory.Managed)} of {Each(memory => memory.ManagedCommitted)} committed; native {Each(memory => memory.Native)}, freed and kept {Each(memory => memory.NativeFree)}; on tapes {Each(memory => memory.Tapes)}
        resident memory growth {100 * Growth:0.0} % from the first cycle on, {100 * GrowthWithFullTapes:0.0} % with full tapes, from cycle {TapeFullAfter + 1} on (goal < 5 %)
        """);

    private static string Most(IEnumerable<SoakFault> faults, Func<SoakFault, double> figure) => string.Join(", ", faults.GroupBy(fault => fault.Stream)
        .Select(stream => string.Create(CultureInfo.InvariantCulture, $"{stream.Key} {stream.Max(figure):0.00}")));

    private string Each(Func<SoakMemory, double> figure) => string.Join(" ", Memory.Select(memory => figure(memory).ToString("0.0", CultureInfo.InvariantCulture)));
}
