namespace TempSamp.Live.Delivery;

/// <summary>What is kept, and for how long. Section <c>Delivery:Retention</c>. Bytes count first, then age.</summary>
public sealed record RetentionOptions
{
    /// <summary>Most bytes of clips that wait in the spool for their store; beyond, the oldest of them fail as <c>spool-full</c>. Default 10 GiB, from 1 MiB.</summary>
    public long SpoolBytes { get; init; } = 10L << 30;

    /// <summary>Most bytes of stored clips; beyond, the oldest are removed. Default 0: no limit.</summary>
    public long ClipBytes { get; init; }

    /// <summary>Age at which stored clips are removed. Default zero: never.</summary>
    public TimeSpan ClipAge { get; init; }

    /// <summary>How long events can be replayed, and how long what failed or was removed is remembered. Default 30 days, from 1 hour.</summary>
    public TimeSpan EventAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Free bytes on the disk of <see cref="DeliveryOptions.Directory"/> below which the oldest clips there go, before the disk is full. Default 1 GiB, from 0.</summary>
    public long FreeBytes { get; init; } = 1L << 30;

    /// <summary>How often it is looked after. Default 1 minute, from 1 s.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

    internal void Check(Faults faults)
    {
        faults.Bound(SpoolBytes >= 1 << 20, "Retention:SpoolBytes", SpoolBytes, "1048576 or more");
        faults.Bound(ClipBytes >= 0, "Retention:ClipBytes", ClipBytes, "0 or more");
        faults.Bound(ClipAge >= TimeSpan.Zero, "Retention:ClipAge", ClipAge, "zero or more");
        faults.Bound(EventAge >= TimeSpan.FromHours(1), "Retention:EventAge", EventAge, "01:00:00 or more");
        faults.Bound(FreeBytes >= 0, "Retention:FreeBytes", FreeBytes, "0 or more");
        faults.Bound(Every >= TimeSpan.FromSeconds(1), "Retention:Every", Every, "00:00:01 or more");
    }
}
