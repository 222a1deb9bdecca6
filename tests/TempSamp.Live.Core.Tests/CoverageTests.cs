using CsCheck;

namespace TempSamp.Live.Core.Tests;

public sealed class CoverageTests
{
    [Fact]
    public void A_missing_stretch_is_a_gap_and_a_slow_frame_rate_is_none()
    {
        var coverage = new Coverage();

        var slow = Enumerable.Range(0, 10).Select(i => coverage.Observe(Packet(i * 0.8, 0))).ToList();
        var gap = coverage.Observe(Packet(12, 0));

        Assert.All(slow, none => Assert.Null(none));
        Assert.Equal(TimeRange.FromSeconds(8, 12), gap);
        Assert.Equal((1, 4.0), (coverage.Count, coverage.Gaps.Seconds));
    }

    [Fact]
    public void A_gap_names_its_place_and_length()
    {
        var note = Coverage.Note(TimeRange.FromSeconds(8, 12.5), TrackKind.Audio);

        Assert.Equal(new StreamNote("audio-gap", MediaTime.FromSeconds(8), "No sound for 4.500 s.", MediaTime.FromSeconds(4.5)), note);
    }

    [Fact]
    public void Media_and_gaps_are_all_of_the_timeline() =>
        Gen.Select(Gen.Int[1, 200], Gen.Double[1.2, 100]).List[1, 20].Sample(runs =>
        {
            var coverage = new Coverage();
            var (at, media, gaps) = (0.0, 0.0, 0.0);
            foreach (var (frames, pause) in runs)
            {
                for (var i = 0; i < frames; i++, at += 0.04) coverage.Observe(Packet(at, 0.04));
                media += frames * 0.04;
                gaps += pause;
                at += pause;
            }

            var counted = gaps - runs[^1].Item2;
            return Math.Abs(coverage.Gaps.Seconds - counted) < 0.01 && Math.Abs(coverage.Total.Seconds - media - counted) < 0.01 && coverage.Count == runs.Count - 1;
        });

    private static MediaPacket Packet(double at, double length) =>
        new(0, 0, MediaTime.FromSeconds(at), MediaTime.FromSeconds(at), MediaTime.FromSeconds(length), false, default);
}
