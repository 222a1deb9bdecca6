using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Bursts: packets that waited somewhere are dated as if they had come in time.</summary>
public sealed class ArrivalReaderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Queue<(double Wait, double At)> _source = new();

    [Fact]
    public void A_burst_at_connecting_is_dated_back_to_when_it_was_live()
    {
        for (var i = 0; i < 50; i++) _source.Enqueue((0, i * 0.04));     // two seconds that the server had kept
        for (var i = 50; i < 100; i++) _source.Enqueue((0.04, i * 0.04));

        var read = ReadAll();

        Assert.Equal(-1.96, read[0].Arrival, 1);
        Assert.All(read, packet => Assert.InRange(packet.Arrival - packet.At, read[0].Arrival - 0.1, read[0].Arrival + 0.1));
    }

    [Fact]
    public void A_source_that_comes_at_its_pace_is_dated_by_the_clock()
    {
        for (var i = 0; i < 100; i++) _source.Enqueue((0.04, i * 0.04));

        Assert.All(ReadAll(), packet => Assert.Equal(packet.At + 0.04, packet.Arrival, 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_silence_catching_up_is_told_from_going_on(bool catchesUp)
    {
        for (var i = 0; i < 100; i++) _source.Enqueue((0.04, i * 0.04));
        _source.Enqueue((10, 4));
        for (var i = 101; i < 600; i++) _source.Enqueue((catchesUp && i < 350 ? 0.0001 : 0.04, i * 0.04));

        var read = ReadAll();

        Assert.Equal(catchesUp ? 0 : 10, read[100].Arrival - read[99].Arrival - 0.04, 0.2);
    }

    [Fact]
    public void A_burst_where_the_source_begins_anew_is_dated_back_too()
    {
        for (var i = 100; i < 200; i++) _source.Enqueue((0.04, i * 0.04));
        _source.Enqueue((1.2, 0));   // the server had it for a second already
        for (var i = 1; i < 100; i++) _source.Enqueue((i <= 25 ? 0.0001 : 0.04, i * 0.04));

        var read = ReadAll();

        Assert.Equal(0.2, read[100].Arrival - read[99].Arrival, 0.1);
        Assert.Equal(0, read[150].Arrival - read[150].At - (read[100].Arrival - read[100].At), 0.1);
    }

    [Fact]
    public void A_failure_in_a_burst_comes_after_the_packets_before_it()
    {
        for (var i = 0; i < 5; i++) _source.Enqueue((0, i * 0.04));
        var reader = new ArrivalReader((out SourcePacket packet) => _source.Count == 0 ? throw new StreamException("gone", "timeout") : Next(out packet), _time);

        for (var i = 0; i < 5; i++) Assert.True(reader.TryRead(out _));
        Assert.Equal("timeout", Assert.Throws<StreamException>(() => reader.TryRead(out _)).Reason);
    }

    private List<(double At, double Arrival)> ReadAll()
    {
        var reader = new ArrivalReader(Next, _time);
        var read = new List<(double, double)>();
        while (reader.TryRead(out var packet)) read.Add((packet.Time.Dts!.Value / 90_000.0, packet.Time.Arrival!.Value.TotalSeconds));
        return read;
    }

    private bool Next(out SourcePacket packet)
    {
        packet = default;
        if (!_source.TryDequeue(out var next)) return false;
        _time.Advance(TimeSpan.FromSeconds(next.Wait));
        var at = (long)(next.At * 90_000);
        packet = new SourcePacket(new SourceTime(0, at, at, 3600, 1, 90_000, 33), true, []);
        return true;
    }
}
