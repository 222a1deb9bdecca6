using System.Diagnostics.Metrics;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>
/// Numbers of the running streams as .NET meters, for the Prometheus page and any OpenTelemetry collector. Streams are the only label without a fixed
/// set of values, and configuration bounds them.
/// </summary>
internal sealed class Metrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "TempSamp.Live";

    private readonly Meter _meter = new(MeterName);
    public Metrics(SessionRegistry registry, StreamBook book)
    {
        IEnumerable<Measurement<T>> Each<T>(Func<SessionStatus, T?> value) where T : struct =>
            registry.Status().Select(s => (s.StreamId, Value: value(s))).Where(s => s.Value is not null).Select(s => new Measurement<T>(s.Value!.Value, [new("stream", s.StreamId)]));

        _meter.CreateObservableGauge("highlight_configuration_version", () => book.Page.Version, description: "Counts up with every change of streams and queries.");
        _meter.CreateObservableGauge("highlight_stream_online", () => Each<int>(s => s.State == SessionState.Online ? 1 : 0), description: "1 while the stream delivers packets.");
        _meter.CreateObservableGauge("highlight_ring_seconds", () => Each<double>(s => s.Tape?.Held.Length.Seconds), "s", "How much of the stream can be cut from.");
        _meter.CreateObservableGauge("highlight_ring_bytes", () => Each<long>(s => s.Tape?.Bytes), "By", "Encoded bytes kept of the stream.");
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

    private static Measurement<long> Labelled(SessionStatus stream, string label, string value, long count) => new(count, [new("stream", stream.StreamId), new(label, value)]);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
