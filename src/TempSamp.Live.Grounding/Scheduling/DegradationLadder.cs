using System.Globalization;

namespace TempSamp.Live.Grounding;

/// <summary>A step by which the work is made lighter.</summary>
internal enum Rung
{
    /// <summary>Streams are asked half as often.</summary>
    Hop,

    /// <summary>Half as many windows a stream: half the reading, but the one that answers is shorter at times.</summary>
    Phases,

    /// <summary>Smaller frames.</summary>
    Resolution,
}

/// <summary>A step that was taken or taken back.</summary>
/// <param name="Rung">Which.</param>
/// <param name="IsTaken">Taken, or taken back.</param>
/// <param name="Why">With the numbers.</param>
internal sealed record RungChange(Rung Rung, bool IsTaken, string Why);

/// <summary>Decides when the work is made lighter because answers come late, and when it is made whole again. Pure; the caller tells the time.</summary>
/// <param name="options">When.</param>
/// <param name="rungs">The steps that this model has, in order.</param>
internal sealed class DegradationLadder(SchedulerOptions options, IReadOnlyList<Rung> rungs)
{
    private TimeSpan? _from;
    private TimeSpan _busy;
    private int _answers, _late, _calm, _taken;

    /// <summary>Whether a step is in force.</summary>
    public bool Has(Rung rung) => rungs.Take(_taken).Contains(rung);

    /// <summary>Takes a batch into account.</summary>
    /// <param name="now">When it ended.</param>
    /// <param name="busy">How long the model took.</param>
    /// <param name="answers">Hops answered.</param>
    /// <param name="late">Of these, later than a hop after they were due.</param>
    /// <returns>The step that follows from it; null for none.</returns>
    public RungChange? Observe(TimeSpan now, TimeSpan busy, int answers, int late)
    {
        _from ??= now - busy;
        (_busy, _answers, _late) = (_busy + busy, _answers + answers, _late + late);
        if (now - _from < options.Period) return null;

        var (lateShare, load) = ((double)_late / _answers, _busy / (now - _from.Value));
        var why = string.Create(CultureInfo.InvariantCulture, $"{_late} of {_answers} answers were late in {(now - _from.Value).TotalSeconds:0} s, load {100 * load:0} %");
        (_from, _busy, _answers, _late) = (now, TimeSpan.Zero, 0, 0);
        _calm = lateShare == 0 && load < options.CalmLoad ? _calm + 1 : 0;
        if (lateShare > options.LateShare && options.Degrade && _taken < rungs.Count) return new(rungs[_taken++], true, why);
        if (_calm < options.CalmPeriods || _taken == 0) return null;
        _calm = 0;
        return new(rungs[--_taken], false, why);
    }
}
