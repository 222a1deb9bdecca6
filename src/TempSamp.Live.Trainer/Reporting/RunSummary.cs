namespace TempSamp.Live.Trainer;

/// <summary>The five numbers of a box plot.</summary>
/// <param name="Low">Least value inside 1.5 box heights below the box.</param>
/// <param name="Quarter">A quarter of the values lie below.</param>
/// <param name="Median">Half of them do.</param>
/// <param name="ThreeQuarters">Three quarters do.</param>
/// <param name="High">Greatest value inside 1.5 box heights above the box.</param>
public readonly record struct BoxNumbers(double Low, double Quarter, double Median, double ThreeQuarters, double High)
{
    /// <summary>Of some values (Tukey's whiskers, quartiles interpolated).</summary>
    public static BoxNumbers Of(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        double At(double share)
        {
            var place = share * (sorted.Length - 1);
            var below = (int)place;
            return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
        }

        var (quarter, threeQuarters) = (At(0.25), At(0.75));
        var reach = 1.5 * (threeQuarters - quarter);
        return new(sorted.First(v => v >= quarter - reach), quarter, At(0.5), threeQuarters, sorted.Last(v => v <= threeQuarters + reach));
    }
}

/// <summary>The steps of a run as a report looks at them.</summary>
/// <param name="Name">Name of the run's folder.</param>
/// <param name="Steps">Its steps.</param>
public sealed record RunSummary(string Name, IReadOnlyList<StepReport> Steps)
{
    /// <summary>Share of the steps that a mean of the end is over.</summary>
    private const double EndShare = 0.1;

    /// <summary>Reads the folder of a run.</summary>
    /// <exception cref="TrainerException">It holds no steps.</exception>
    public static RunSummary Read(string directory)
    {
        var steps = MetricsLog.Read(directory);
        return steps.Count > 0 ? new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), steps)
            : throw new TrainerException($"{directory} holds no {MetricsLog.FileName} with steps: give the --out folder of a grpo, tempsamp or sft --phases run.");
    }

    /// <summary>A quantity over the steps, as a running mean over <paramref name="window"/> of them; steps without it are left out.</summary>
    public (double[] Steps, double[] Values) Curve(Func<StepReport, double?> of, int window)
    {
        var known = Steps.Where(s => of(s) is { } v && double.IsFinite(v)).ToArray();
        return ([.. known.Select(s => (double)s.Step)], [.. known.Select((_, i) => known[Math.Max(0, i - window + 1)..(i + 1)].Average(s => of(s)!.Value))]);
    }

    /// <summary>The sampled solutions' task rewards in equal stretches of the run; a stretch without any is left out.</summary>
    public IReadOnlyList<(int Stretch, BoxNumbers Box)> Boxes(int stretches) => [.. Steps
        .GroupBy(s => Math.Min(stretches - 1, (s.Step - 1) * stretches / Steps[^1].Step))
        .Select(part => (part.Key, Values: part.SelectMany(s => s.Samples ?? (s.IoU is { } mean ? [mean] : [])).ToArray()))
        .Where(part => part.Values.Length > 0).Select(part => (part.Key, BoxNumbers.Of(part.Values)))];

    /// <summary>Mean of a quantity over the last tenth of the steps; null where none has it.</summary>
    public double? AtEnd(Func<StepReport, double?> of) => Steps.TakeLast(Math.Max(1, (int)(EndShare * Steps.Count))).Select(of).Where(v => v is not null).Average();
}
