using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions.Tests;

/// <summary>A session's world: fake ports and a clock that stands still until it is moved.</summary>
internal sealed class SessionFixture
{
    public const string Url = "rtmp://host/live/key";

    public SessionFixture(params (string Query, double Start, double End)[] truth)
    {
        Source = new(Time);
        Finder = new(truth);
    }

    public static HighlightQuery Goal { get; } = new("goal", "a goal is scored", 0.5, ClipPolicy.Default);

    public static StreamSpec Spec { get; } = new("match", Url, [Goal]);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public FakeSource Source { get; }

    public FakeFinder Finder { get; init; }

    public FakeCutter Cutter { get; } = new();

    public FakeDelivery Delivery => field ??= new(Events);

    public FakeEvents Events { get; } = new();

    public FakeVerdictLog Verdicts { get; } = new();

    public SessionMeter Meter { get; } = new();

    public SessionOptions Options { get; init; } = new() { FrameQueue = 1000, Outage = TimeSpan.Zero };

    public TapeOptions Tape { get; init; } = new();

    public SessionPorts Ports => new(Source, Finder, Cutter, Delivery, Events, Verdicts);

    public StreamPlan Plan => StreamPlanner.Resolve(Spec, Finder.Profile, Tape.Bounds).Plan!;

    public StreamSession Session() => new(new(Plan), Ports, Options, Meter, Time, NullLogger.Instance);

    public SessionSupervisor Supervisor() => new(Plan, Ports, Options, new RetryPolicy(Options, new Random(1)), Time, NullLogger<SessionSupervisor>.Instance);

    public SessionRegistry Registry()
    {
        var (options, tape) = (Microsoft.Extensions.Options.Options.Create(Options), Microsoft.Extensions.Options.Options.Create(Tape));
        return new(Ports, options, tape, new UnfinishedSessions(Ports, options, tape, Time, NullLogger<UnfinishedSessions>.Instance), Time, NullLoggerFactory.Instance);
    }

    /// <summary>Moves the clock on, a second at a time, until something is so.</summary>
    public async Task PassTime(string reason, Func<bool> until)
    {
        for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1);)
        {
            if (until()) return;
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Fail($"waited in vain for {reason} until {Time.GetUtcNow():O}; so far: {Events.Story}; opened {Source.Opened.Count} times");
    }
}
