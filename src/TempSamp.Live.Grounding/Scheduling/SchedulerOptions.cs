using System.ComponentModel.DataAnnotations;

namespace TempSamp.Live.Grounding;

/// <summary>How streams share the model. Section <c>Scheduler</c>.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Scheduler";

    /// <summary>Share of the model's time that all streams together may take, 0.1 to 1; a stream beyond it is refused. Default 0.9.</summary>
    [Range(0.1, 1.0)]
    public double MaxLoad { get; init; } = 0.9;

    /// <summary>Most bytes that the windows of all streams together may take; a stream beyond it is refused. 0 takes 80 % of what was free when the model was loaded, on a GPU no bound. Default 0.</summary>
    [Range(0, long.MaxValue)]
    public long MemoryBytes { get; init; }

    /// <summary>Longest time that the streams of one batch together should take on the model, 10 ms to 10 s; the rest waits its turn by deadline. Default 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Batch { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether the work is made lighter while answers come late: a longer hop, then half as many windows, then smaller frames where the model brings a size for them. Default true.</summary>
    public bool Degrade { get; init; } = true;

    /// <summary>How long lateness and load are watched before the next step, 1 s to 10 min. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Share of late answers in a period from which the work is made lighter, 0 to 1. An answer is late when it takes longer than a hop. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double LateShare { get; init; } = 0.1;

    /// <summary>Load below which a period without late answers counts as calm, 0 to 1. Default 0.4.</summary>
    [Range(0.0, 1.0)]
    public double CalmLoad { get; init; } = 0.4;

    /// <summary>Calm periods in a row after which the last step is taken back, 1 to 1000. Default 6.</summary>
    [Range(1, 1000)]
    public int CalmPeriods { get; init; } = 6;
}
