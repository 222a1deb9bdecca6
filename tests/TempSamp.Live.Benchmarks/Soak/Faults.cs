using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>Something that happens to a live stream.</summary>
/// <param name="Name">What.</param>
/// <param name="Do">Does it, and returns when the source is back.</param>
/// <param name="Lasts">How long the stream is left to run afterwards.</param>
internal sealed record Fault(string Name, Func<FaultLane, Task> Do, TimeSpan Lasts);

/// <summary>All of them, in the order that they come.</summary>
internal static class Faults
{
    private static readonly TimeSpan _settle = TimeSpan.FromSeconds(6);

    public static readonly IReadOnlyList<Fault> All =
    [
        new("publisher dropped", lane => lane.DropAsync(TimeSpan.FromSeconds(4)), _settle),
        new("server restarted", lane => lane.RestartServerAsync(TimeSpan.FromSeconds(3)), _settle),
        new("stall of 10 s", lane => lane.StallAsync(TimeSpan.FromSeconds(10)), _settle),
        new("times start again", lane => lane.DropAsync(TimeSpan.Zero), _settle),
        new("times wrap", lane => lane.DropAsync(TimeSpan.Zero, new() { TimesFrom = lane.Wrap - TimeSpan.FromSeconds(4) }), TimeSpan.FromSeconds(8)),
        new("another picture size", lane => lane.DropAsync(TimeSpan.Zero, new() { Width = 256, Height = 144 }), _settle),
        new("another codec", lane => lane.DropAsync(TimeSpan.Zero, new() { Encoder = lane.OtherEncoder }), _settle),
        new("5 % of packets damaged", lane => lane.DropAsync(TimeSpan.Zero, new() { Corrupted = 0.05 }), TimeSpan.FromSeconds(15)),
        new("no key frame for 20 s", lane => lane.DropAsync(TimeSpan.Zero, new() { KeyEvery = 500 }), TimeSpan.FromSeconds(25)),
        new("clock 500 ppm fast", lane => lane.DropAsync(TimeSpan.Zero, new() { Pace = 1.0005 }), TimeSpan.FromSeconds(20)),
    ];
}
