using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A stream that a worker reads. When the worker is lost, another one goes on with the same session, and a note says what is missing.</summary>
/// <remarks>
/// The tape, the timeline's end and the epoch are kept here, so a loss costs what came while no worker ran: media and gaps still add up to the wall
/// clock (<see cref="ResumePoint"/>). A stream that loses too many workers is given up with the reason <c>quarantined</c>.
/// </remarks>
internal sealed partial class WorkerStreamInput : IStreamInput
{
    private const double Spread = 0.2;
    private const int MostDoublings = 6;

    private readonly WorkerStreamSource _source;
    private readonly StreamPlan _plan;
    private readonly bool _isRecording;
    private readonly PublisherFeed? _publisher;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TrackNumbers _numbers = new();
    private readonly FramePool _pixels;
    private volatile OpenedStream _stream;
    private volatile bool _isWatched = true;
    private TimelinePlace _from;
    private MediaTime _end;
    private int _epoch;
    private string? _loss;

    public WorkerStreamInput(WorkerStreamSource source, StreamPlan plan, bool isRecording, PublisherFeed? publisher, WorkerOptions options, TimeProvider time, ILogger log, OpenedStream stream)
    {
        (_source, _plan, _isRecording, _publisher, _options, _time, _log, _stream) = (source, plan, isRecording, publisher, options, time, log, stream);
        (StartedAt, ClockSource, MissingBefore) = (stream.Opening.StartedAt, stream.Opening.ClockSource, stream.Opening.MissingBefore);
        _pixels = new FramePool(plan.Profile.FrameWidth * plan.Profile.FrameHeight * 3);
        foreach (var track in stream.Check.Tracks) _numbers.Announce(track);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrackFormat> Tracks => _numbers.Tracks;

    /// <inheritdoc/>
    public DateTimeOffset StartedAt { get; }

    /// <inheritdoc/>
    public string ClockSource { get; }

    /// <inheritdoc/>
    public TimeSpan? MissingBefore { get; }

    /// <inheritdoc/>
    public string? Bookmark { get; private set; }

    /// <inheritdoc/>
    public bool IsLive => _stream.Opening.IsLive;

    /// <summary>Number of the process that reads the stream now.</summary>
    internal int ProcessId => _stream.Worker.Id;

    /// <inheritdoc/>
    public async Task PumpAsync(IPacketSink tape, ChannelWriter<SampledFrame> frames, TimelinePlace from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(frames);
        (_from, _end, _epoch) = (from, from.At, from.Epoch);
        await NamedThread.RunAsync($"ingest {_plan.Id}", () => Pump(tape, frames, cancel)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Attend(bool isWatched)
    {
        _isWatched = isWatched;
        _stream.Worker.TrySend(WireKind.Attend, [(byte)(isWatched ? 1 : 0)]); // a worker that is lost learns it when it is replaced
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _publisher?.Dispose();
        _stream.Worker.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool Pump(IPacketSink tape, ChannelWriter<SampledFrame> frames, CancellationToken cancel)
    {
        var place = _from;
        while (true)
        {
            try
            {
                Relay(tape, frames, place, cancel);
                return true;
            }
            catch (WorkerLostException loss)
            {
                cancel.ThrowIfCancellationRequested();
                place = Restart(loss, cancel);
            }
        }
    }

    // One worker's messages, to the end of its stream.
    private void Relay(IPacketSink tape, ChannelWriter<SampledFrame> frames, TimelinePlace place, CancellationToken cancel)
    {
        var (worker, check) = (_stream.Worker, _stream.Check);
        using var stop = cancel.Register(() => worker.End("the stream was stopped"));
        try
        {
            worker.Pixels = _pixels;
            worker.Send(WireKind.Go, new WireWriter().Place(place).Written);
            Attend(_isWatched);
            while (true)
            {
                var message = worker.Receive();
                switch (message.Kind)
                {
                    case WireKind.Track:
                        var (format, epoch) = check.Track(WireFormat.ReadTrack(message));
                        tape.Track(_numbers.Announce(format), epoch);
                        break;
                    case WireKind.Packet:
                        Take(_numbers.Of(check.Packet(WireFormat.ReadPacket(message))), tape);
                        break;
                    case WireKind.Note:
                        tape.Note(WireFormat.ReadNote(message));
                        break;
                    case WireKind.Date:
                        var (at, utc, source) = WireFormat.ReadDate(message);
                        tape.Date(at, utc, source);
                        break;
                    case WireKind.Bookmark:
                        Bookmark = WireFormat.ReadBookmark(message);
                        break;
                    case WireKind.Frame:
                        var shown = WireFormat.ReadFrame(message, worker.Receive(), _pixels.Return);
                        if (check.Frame(shown, _time.GetTimestamp()) is { } frame) Write(frames, frame, cancel);
                        else shown.Dispose();
                        break;
                    case WireKind.Done:
                        return;
                    case WireKind.Failed:
                        throw OpenedStream.Failure(message);
                    default:
                        throw new InvalidDataException($"{message.Kind} comes from an open stream");
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw worker.Misbehaved(e);
        }
    }

    private void Take(MediaPacket packet, IPacketSink tape)
    {
        if (_loss is { } loss)
        {
            tape.Note(new StreamNote("repair", _end, $"The worker that read the stream was lost: {loss}. Another one goes on at {packet.Dts} in epoch {packet.Epoch}."));
            _loss = null;
        }

        tape.Packet(packet);
        _epoch = Math.Max(_epoch, packet.Epoch);
        _end = MediaTime.Max(_end, MediaTime.Max(packet.Pts, packet.Dts) + packet.Duration);
    }

    // A worker that opens the stream again, and where on the timeline it goes on.
    private TimelinePlace Restart(WorkerLostException loss, CancellationToken cancel)
    {
        while (true)
        {
            _stream.Worker.Dispose();
            var losses = _source.Crashes.Add(_plan.Id);
            if (losses > _options.CrashLimit) throw _source.Quarantined(_plan, losses, loss);
            _loss = loss.Why;
            var delay = _options.RestartDelay * (1 << Math.Min(losses - 1, MostDoublings)) * (1 - Spread + (2 * Spread * Random.Shared.NextDouble()));
            LogLost(_plan.Id, _stream.Worker.Id, loss.Message, delay.TotalSeconds);
            Task.Delay(delay, _time, cancel).GetAwaiter().GetResult();
            try
            {
                _stream = _source.Start(_plan, _publisher, _isRecording ? _end - _from.At : MediaTime.Zero, Bookmark, cancel);
                _numbers.Restart();
                foreach (var track in _stream.Check.Tracks) _numbers.Announce(track);
                return new(MediaTime.Max(_end, _from.At + Passed(_stream.Opening)), _epoch + 1);
            }
            catch (WorkerLostException again)
            {
                loss = again;
            }
        }
    }

    // From the first packet of the first worker to the first of this one: recordings tell by their own times, live streams by the clock that dates both.
    private TimeSpan Passed(Opening again) => _isRecording ? again.Skipped.ToTimeSpan()
        : (again.ClockSource == ClockSource ? again.StartedAt : _time.GetUtcNow()) - StartedAt;

    private static void Write(ChannelWriter<SampledFrame> frames, SampledFrame frame, CancellationToken cancel)
    {
        if (!frames.TryWrite(frame)) frames.WriteAsync(frame, cancel).AsTask().GetAwaiter().GetResult();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: worker {Process} was lost: {Reason}; another one starts in {Seconds:0.0} s")]
    private partial void LogLost(string stream, int process, string reason, double seconds);
}
