using System.ComponentModel.DataAnnotations;

namespace TempSamp.Live.Delivery;

/// <summary>How long it is remembered what every window was asked and answered. Section <c>Verdicts</c>; the file is <c>verdicts.db</c> in <see cref="DeliveryOptions.Directory"/>.</summary>
public sealed record VerdictOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Verdicts";

    /// <summary>How long verdicts are kept, 1 hour to 10 years. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Most bytes of verdicts, 1 MB or more; when there are more, the oldest go first. A verdict takes about 120 bytes. Default 4 GiB.</summary>
    [Range(1_000_000, long.MaxValue)]
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>Hops that may wait to be written, 1 to 100,000; when full, looking for more waits. Default 1024.</summary>
    [Range(1, 100_000)]
    public int Queue { get; init; } = 1024;
}
