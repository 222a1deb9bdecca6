using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>Playlists of the world outside, good and bad: each gives a sane list or one clear error.</summary>
public sealed class PlaylistCorpusTests
{
    private static readonly UrlPolicy s_policy = new(new IngestOptions());

    public static TheoryData<string> Corpus => Files(SharedData.Media, ["playlists", "hls"], all: "playlists");

    public static TheoryData<string> Hostile => Files(SharedData.Hostile, ["hls_scheme", "hls_ssrf", "hls_loop", "hls_size", "hls_num", "hls_range", "hls_key", "hls_text", "disguised"], all: null);

    [Theory]
    [MemberData(nameof(Corpus))]
    public void A_playlist_gives_a_sane_list_or_a_clear_error(string file)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        AssertSane(Path.Combine(SharedData.Media!, file));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_playlist_gives_a_sane_list_or_a_clear_error(string file)
    {
        Assert.SkipWhen(SharedData.Hostile is null, SharedData.Missing("hostile"));
        AssertSane(Path.Combine(SharedData.Hostile!, file));
    }

    [Fact]
    public void Most_playlists_of_the_corpus_are_read()
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        var files = Directory.GetFiles(Path.Combine(SharedData.Media!, "playlists"), "*", SearchOption.AllDirectories);

        Assert.True(files.Count(file => Read(file).List is not null) > files.Length * 0.7);
    }

    private static void AssertSane(string file)
    {
        var (list, refusal) = Read(file);
        if (refusal is not null)
        {
            Assert.True(refusal.Reason is "invalid" or "forbidden", refusal.Message);
            Assert.DoesNotContain(refusal.Message, char.IsControl);
            Assert.InRange(refusal.Message.Length, 20, 1000);
        }
        else if (list is MediaPlaylist media)
        {
            Assert.All(media.Segments, s => Assert.InRange(s.Duration, TimeSpan.Zero, PlaylistLimits.Longest));
            Assert.All(media.Segments, s => Assert.StartsWith("http", s.Url.Target, StringComparison.Ordinal));
            Assert.Equal(media.Segments.Select((_, i) => media.FirstSequence + i), media.Segments.Select(s => s.Sequence));
        }
        else
        {
            Assert.NotEmpty(((MasterPlaylist)list!).Variants);
        }
    }

    private static (HlsPlaylist? List, StreamException? Refusal) Read(string file)
    {
        var url = new StreamUrl(StreamUrlKind.Http, "http://cdn.example/live/index.m3u8");
        try
        {
            using var body = File.OpenRead(file);
            return (PlaylistParser.Parse(PlaylistText.Read(body, url), url, s_policy), null);
        }
        catch (StreamException e)
        {
            return (null, e);
        }
    }

    private static TheoryData<string> Files(string? root, string[] folders, string? all) => root is null ? ["none"]
        : [.. folders.SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories))
            .Select(f => Path.GetRelativePath(root, f)).Where(f => f.EndsWith(".m3u8", StringComparison.Ordinal) || (all is not null && f.StartsWith(all, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
}
