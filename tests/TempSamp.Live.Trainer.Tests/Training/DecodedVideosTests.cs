using TempSamp.Live.Core;

namespace TempSamp.Live.Trainer.Tests;

public sealed class DecodedVideosTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("decoded").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_that_is_no_video_is_reported_once_and_others_are_decoded_once_while_they_fit()
    {
        var said = new List<string>();
        var (noise, good) = (Path.Combine(_folder, "noise.mp4"), Path.Combine(_folder, "good.mp4"));
        File.WriteAllBytes(noise, [1, 2, 3]);
        new BroadcastWriter(140, 84).Write(BroadcastScenario.Create(BroadcastDomain.Shop, 1, 4), good, _ => { });
        var videos = new DecodedVideos(140, 84, new DatasetProblems(said.Add));

        for (var i = 0; i < 2; i++) Assert.Throws<StreamException>(() => videos.Of(noise));
        var frames = videos.Of(good);

        Assert.Equal(8, frames.Length);
        Assert.Same(frames, videos.Of(good));
        Assert.Contains("noise.mp4 is left out: it cannot be decoded", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void Videos_are_named_by_their_content()
    {
        var (one, same, other) = (Path.Combine(_folder, "1"), Path.Combine(_folder, "2"), Path.Combine(_folder, "3"));
        File.WriteAllText(one, "a");
        File.WriteAllText(same, "a");
        File.WriteAllText(other, "b");

        Assert.Equal(DecodedVideos.Digest(one), DecodedVideos.Digest(same));
        Assert.NotEqual(DecodedVideos.Digest(one), DecodedVideos.Digest(other));
    }
}
