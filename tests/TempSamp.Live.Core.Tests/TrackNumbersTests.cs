namespace TempSamp.Live.Core.Tests;

public sealed class TrackNumbersTests
{
    private static readonly TrackFormat Video = new(0, TrackKind.Video, "h264", default), Audio = new(0, TrackKind.Audio, "aac", default);

    [Fact]
    public void Tracks_keep_their_numbers_when_another_reader_finds_them_in_another_order()
    {
        var numbers = new TrackNumbers();
        numbers.Announce(Video);
        numbers.Announce(Audio with { Index = 1 });

        numbers.Restart();

        Assert.Equal(1, numbers.Announce(Audio with { Index = 0, SampleRate = 44_100 }).Index);
        Assert.Equal(0, numbers.Announce(Video with { Index = 1 }).Index);
        Assert.Equal(2, numbers.Announce(Audio with { Index = 2 }).Index);
        Assert.Equal(0, numbers.Of(new(1, 0, default, default, default, true, default)).Track);
        Assert.Equal([TrackKind.Video, TrackKind.Audio, TrackKind.Audio], numbers.Tracks.Select(t => t.Kind));
        Assert.Equal(44_100, numbers.Tracks[1].SampleRate);
    }
}
