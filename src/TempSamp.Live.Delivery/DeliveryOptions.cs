using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Where the state, the spool and the embedded store are. Section <c>Delivery</c>.</summary>
public sealed record DeliveryOptions
{
    /// <summary>
    /// Folder of the state <c>state.db</c>, of <c>spool</c> for clips on their way, and of the embedded store and journal: <c>clips/STREAM/CLIP.mp4</c> with
    /// <c>.jpg</c> and <c>.json</c>, <c>events.jsonl</c>. Made when absent; one daemon a folder. Default <c>data</c>.
    /// </summary>
    public string Directory { get; init; } = "data";

    /// <summary>Name of the tenant in event sources and store keys. Default none.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Clips that are stored at once. Default 4, from 1 to 64.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>How long stopping waits for clips and events on their way; they go on at the next start. Default 10 s, zero or more.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before the first new attempt when the store or a channel refuses; doubles each time. Default 1 s, above zero.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between attempts. Default 30 s, at least <see cref="RetryFirst"/>.</summary>
    public TimeSpan RetryMost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often state, store and channels are looked at, for readiness. Default 15 s, from 1 s to 10 min.</summary>
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>With fewer bytes free in <see cref="Directory"/> readiness warns that clips are in danger. Default 512 MiB, zero or more.</summary>
    public long LowSpaceBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>What is kept, and for how long.</summary>
    public RetentionOptions Retention { get; init; } = new();
}

/// <summary>Checks <see cref="DeliveryOptions"/>.</summary>
public sealed class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var faults = new Faults("Delivery");
        if (string.IsNullOrWhiteSpace(options.Directory)) faults.Add(nameof(options.Directory), "(empty)", "clips and events need a folder", "name one, such as 'data'");
        else if (File.Exists(options.Directory)) faults.Add(nameof(options.Directory), options.Directory, "it is a file", "name a folder");
        faults.Bound(options.Parallel is >= 1 and <= 64, nameof(options.Parallel), options.Parallel, "1 to 64");
        faults.Bound(options.DrainTime >= TimeSpan.Zero, nameof(options.DrainTime), options.DrainTime, "zero or more");
        faults.Bound(options.RetryFirst > TimeSpan.Zero, nameof(options.RetryFirst), options.RetryFirst, "more than zero");
        faults.Bound(options.RetryMost >= options.RetryFirst, nameof(options.RetryMost), options.RetryMost, "RetryFirst or more");
        faults.Bound(options.ProbeEvery >= TimeSpan.FromSeconds(1) && options.ProbeEvery <= TimeSpan.FromMinutes(10), nameof(options.ProbeEvery), options.ProbeEvery, "00:00:01 to 00:10:00");
        faults.Bound(options.LowSpaceBytes >= 0, nameof(options.LowSpaceBytes), options.LowSpaceBytes, "zero or more");
        options.Retention.Check(faults);
        return faults.Result;
    }
}
