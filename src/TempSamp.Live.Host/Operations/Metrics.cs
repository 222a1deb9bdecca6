using System.Diagnostics.Metrics;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>
/// Numbers of the running streams as .NET meters, for the Prometheus page and any OpenTelemetry collector. Streams are the only label without a fixed
/// set of values, and configuration bounds them.
/// </summary>
internal sealed class Metrics : IDisposable
{
    private readonly Meter _meter = new(LiveTelemetry.Name);

    public Metrics(SessionRegistry registry, StreamBook book, IDeliveryHealth delivery, TimeProvider time)
    {
        AddStreams(registry, book);
        AddDelivery(delivery, time);
    }

    private void AddStreams(SessionRegistry registry, StreamBook book)
    {
        IEnumerable<Measurement<T>> Each<T>(Func<SessionStatus, T?> value) where T : struct =>
            registry.Status().Select(s => (s.StreamId, Value: value(s))).Where(s => s.Value is not null).Select(s => new Measurement<T>(s.Value!.Value, [new("stream", s.StreamId)]));

        _meter.CreateObservableGauge("highlight_configuration_version", () => book.Page.Version, description: "Counts up with every change of streams and queries.");
        _meter.CreateObservableGauge("highlight_stream_online", () => Each<int>(s => s.State == SessionState.Online ? 1 : 0), description: "1 while the stream delivers packets.");
        _meter.CreateObservableGauge("highlight_ring_seconds", () => Each<double>(s => s.Tape?.Held.Length.Seconds), "s", "How much of the stream can be cut from.");
        _meter.CreateObservableGauge("highlight_ring_bytes", () => Each<long>(s => s.Tape?.Bytes), "By", "Encoded bytes kept of the stream.");
        _meter.CreateObservableCounter("highlight_gap", () => Each<double>(s => s.Timeline?.Gaps.TotalSeconds ?? 0), "s", "Time of the session without video.");
        _meter.CreateObservableCounter("highlight_sessions", () => Each<int>(s => s.Sessions), description: "Times the stream was online.");
        _meter.CreateObservableCounter("highlight_frames", () => Each<long>(s => s.Counts.Frames), description: "Frames shown to the model.");
        _meter.CreateObservableCounter("highlight_frames_dropped", () => Each<long>(s => s.Counts.DroppedFrames), description: "Frames dropped because the model was late.");
        _meter.CreateObservableCounter("highlight_windows", () => registry.Status().SelectMany(s => new Measurement<long>[]
        {
            Labelled(s, "verdict", "sighting", s.Counts.Verdicts - s.Counts.BelowThreshold - s.Counts.Unparsed),
            Labelled(s, "verdict", "below-threshold", s.Counts.BelowThreshold),
            Labelled(s, "verdict", "unparsed", s.Counts.Unparsed),
        }), description: "Verdicts of windows by what they came to.");
        _meter.CreateObservableCounter("highlight_clips", () => registry.Status().SelectMany(s => new Measurement<long>[]
        {
            Labelled(s, "outcome", "detected", s.Counts.Detected),
            Labelled(s, "outcome", "ready", s.Counts.Ready),
            Labelled(s, "outcome", "failed", s.Counts.Failed),
        }), description: "Clips by what became of them.");
    }

    private void AddDelivery(IDeliveryHealth delivery, TimeProvider time)
    {
        IEnumerable<Measurement<T>> Each<T>(Func<ChannelHealth, T> value) where T : struct => delivery.Channels.Select(channel => new Measurement<T>(value(channel), [new("channel", channel.Name)]));

        _meter.CreateObservableGauge("highlight_outbox_depth", () => Each(channel => channel.Waiting), description: "Events that the channel has yet to confirm.");
        _meter.CreateObservableGauge("highlight_outbox_age", () => Each(channel => channel.OldestAt is { } at ? Math.Max(0, (time.GetUtcNow() - at).TotalSeconds) : 0), "s", "How long the oldest of them waits.");
        _meter.CreateObservableGauge("highlight_channel_up", () => Each(channel => channel.Trouble is null ? 1 : 0), description: "1 while the channel takes events.");
        IEnumerable<Measurement<int>> OfGroup(Func<GroupHealth, int> value) => delivery.Group is { } group ? [new(value(group), [new("group", group.Name)])] : [];

        _meter.CreateObservableGauge("highlight_group_up", () => OfGroup(group => group.Trouble is null ? 1 : 0), description: "1 while this worker has its part in the group that shares the streams.");
        _meter.CreateObservableGauge("highlight_group_shares", () => OfGroup(group => group.Shares), description: "Shares of the streams that this worker has.");
        _meter.CreateObservableGauge("highlight_store_up", () => delivery.StoreTrouble is null ? 1 : 0, description: "1 while the store takes clips.");
        _meter.CreateObservableGauge("highlight_state_up", () => delivery.StateTrouble is null ? 1 : 0, description: "1 while the state can be written.");
        _meter.CreateObservableGauge("highlight_clips_waiting", () => delivery.ClipsOnTheWay, description: "Clips between cutter and store.");
        _meter.CreateObservableGauge("highlight_spool_bytes", () => delivery.SpoolBytes, "By", "Bytes of them in the spool.");
    }

    private static Measurement<long> Labelled(SessionStatus stream, string label, string value, long count) => new(count, [new("stream", stream.StreamId), new(label, value)]);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
