using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>How streams are kept, watched and tried again. Section <c>Sessions</c>.</summary>
public sealed record SessionOptions
{
    /// <summary>Sampled frames (2 a second) that may wait for the model; when full, the oldest is dropped and counted. Default 64, from 2.</summary>
    public int FrameQueue { get; init; } = 64;

    /// <summary>Detected clips that may wait to be cut; when full, looking for more waits. Default 16, from 1.</summary>
    public int ClipQueue { get; init; } = 16;

    /// <summary>How long a stopped stream may take to finish the clips it has detected. Default 30 s, zero or more.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a lost live source may stay away before its session ends: back in time, it goes on with the same timeline, tape and moments, behind a
    /// recorded gap. Default 30 s; zero ends the session at once; up to 1 hour.
    /// </summary>
    public TimeSpan Outage { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before the second try to open a lost source, the first comes at once; doubles each time. Default 0.25 s, above zero.</summary>
    public TimeSpan ReconnectFirst { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>Longest wait between tries to open a lost source. Default 2 s, at least <see cref="ReconnectFirst"/>.</summary>
    public TimeSpan ReconnectMost { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Longest gap in the picture that is looked across as if the last frame had stood. Over a longer one moments end before it and begin behind it.
    /// Default 2 s, from zero to 10 s.
    /// </summary>
    public TimeSpan BridgeGap { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Wait before the first retry of a broken stream; doubles each time. Default 1 s, above zero.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between retries: a source that is back is read this soon. Default 2 s, at least <see cref="RetryFirst"/>.</summary>
    public TimeSpan RetryMost { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Wait where trying again cannot help by itself: forbidden, invalid, quarantined. Default 5 minutes, at least <see cref="RetryFirst"/>.</summary>
    public TimeSpan RetrySlow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A stream that lasted this long starts again from <see cref="RetryFirst"/>. Default 30 s.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When sightings of overlapping windows become one moment.</summary>
    public TrackerOptions Tracker { get; init; } = new();
}

/// <summary>Collects every fault of <see cref="SessionOptions"/>, each with its bound.</summary>
public sealed class SessionOptionsValidator : IValidateOptions<SessionOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SessionOptions options)
    {
        var faults = new List<string>();
        void Check(bool isGood, string key, object value, string bound)
        {
            if (!isGood) faults.Add($"Sessions:{key}: {value} -> out of bounds -> use {bound}");
        }

        Check(options.FrameQueue >= 2, nameof(options.FrameQueue), options.FrameQueue, "2 or more");
        Check(options.ClipQueue >= 1, nameof(options.ClipQueue), options.ClipQueue, "1 or more");
        Check(options.DrainTime >= TimeSpan.Zero, nameof(options.DrainTime), options.DrainTime, "zero or more");
        Check(options.Outage >= TimeSpan.Zero && options.Outage <= TimeSpan.FromHours(1), nameof(options.Outage), options.Outage, "zero to 01:00:00");
        Check(options.ReconnectFirst > TimeSpan.Zero, nameof(options.ReconnectFirst), options.ReconnectFirst, "more than zero");
        Check(options.ReconnectMost >= options.ReconnectFirst, nameof(options.ReconnectMost), options.ReconnectMost, "ReconnectFirst or more");
        Check(options.BridgeGap >= TimeSpan.Zero && options.BridgeGap <= TimeSpan.FromSeconds(10), nameof(options.BridgeGap), options.BridgeGap, "zero to 00:00:10");
        Check(options.RetryFirst > TimeSpan.Zero, nameof(options.RetryFirst), options.RetryFirst, "more than zero");
        Check(options.RetryMost >= options.RetryFirst, nameof(options.RetryMost), options.RetryMost, "RetryFirst or more");
        Check(options.RetrySlow >= options.RetryFirst, nameof(options.RetrySlow), options.RetrySlow, "RetryFirst or more");
        Check(options.StableAfter >= TimeSpan.Zero, nameof(options.StableAfter), options.StableAfter, "zero or more");

        var tracker = options.Tracker;
        Check(tracker.MinSightings >= 1, "Tracker:MinSightings", tracker.MinSightings, "1 or more");
        Check(tracker.SettleMargin >= TimeSpan.Zero, "Tracker:SettleMargin", tracker.SettleMargin, "zero or more");
        Check(tracker.EdgeMargin >= TimeSpan.Zero, "Tracker:EdgeMargin", tracker.EdgeMargin, "zero or more");
        Check(tracker.MinOverlap is > 0 and <= 1, "Tracker:MinOverlap", tracker.MinOverlap, "a share above 0 and up to 1");
        Check(tracker.Near >= TimeSpan.Zero, "Tracker:Near", tracker.Near, "zero or more");
        Check(tracker.MinAgreement is >= 0 and <= 1, "Tracker:MinAgreement", tracker.MinAgreement, "a share from 0 to 1");
        Check(tracker.MinShown is > 0 and <= 1, "Tracker:MinShown", tracker.MinShown, "a share above 0 and up to 1");
        Check(tracker.MinConfidence is >= 0 and <= 1, "Tracker:MinConfidence", tracker.MinConfidence, "a share from 0 to 1");
        Check(tracker.Memory >= TimeSpan.FromMinutes(1), "Tracker:Memory", tracker.Memory, "00:01:00 or more");
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
