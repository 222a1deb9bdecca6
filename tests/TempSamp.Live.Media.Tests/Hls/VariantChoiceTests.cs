namespace TempSamp.Live.Media.Tests;

public sealed class VariantChoiceTests
{
    private static readonly MasterPlaylist s_ladder = Master(
        ("360", 800_000, 360, "avc1.4d401e,mp4a.40.2"), ("1080hevc", 3_000_000, 1080, "hvc1.1.6.L120.90,mp4a.40.2"), ("2160", 12_000_000, 2160, "hvc1.2.4.L153.b0"),
        ("1080", 5_000_000, 1080, "avc1.640028,mp4a.40.2"), ("720", 2_500_000, 720, "avc1.4d401f,mp4a.40.2"), ("sound", 64_000, 0, "mp4a.40.2"));

    [Theory]
    [InlineData(HlsVariantPolicy.Closest, 1080, 0, "1080")]
    [InlineData(HlsVariantPolicy.Closest, 800, 0, "720")]
    [InlineData(HlsVariantPolicy.Closest, 200, 0, "360")]
    [InlineData(HlsVariantPolicy.Closest, 1080, 3_500_000, "1080hevc")]
    [InlineData(HlsVariantPolicy.Closest, 1080, 1_000, "1080")]
    [InlineData(HlsVariantPolicy.Highest, 1080, 0, "2160")]
    [InlineData(HlsVariantPolicy.Highest, 1080, 4_000_000, "1080hevc")]
    [InlineData(HlsVariantPolicy.Lowest, 1080, 0, "360")]
    public void The_policy_decides(HlsVariantPolicy policy, int height, long bandwidth, string expected) =>
        Assert.EndsWith($"/{expected}", First(s_ladder, new IngestOptions { HlsVariant = policy, HlsMaxHeight = height, HlsMaxBandwidth = bandwidth }), StringComparison.Ordinal);

    [Fact]
    public void Without_heights_the_bandwidth_decides()
    {
        var master = Master(("a", 100, 0, ""), ("c", 300, 0, ""), ("b", 200, 0, ""));

        Assert.EndsWith("/c", First(master, new IngestOptions()), StringComparison.Ordinal);
        Assert.EndsWith("/a", First(master, new IngestOptions { HlsVariant = HlsVariantPolicy.Lowest }), StringComparison.Ordinal);
    }

    [Fact]
    public void Sound_that_is_all_there_is_is_taken() => Assert.EndsWith("/sound", First(Master(("sound", 64_000, 0, "mp4a.40.2")), new IngestOptions()), StringComparison.Ordinal);

    [Fact]
    public void The_default_sound_of_the_group_is_read_or_the_languages_asked_for()
    {
        HlsRendition Of(string group, string language, bool isDefault, string? name) => new("AUDIO", group, language, language, isDefault, name is null ? null : new(StreamUrlKind.Http, $"http://h/{name}"));
        var master = s_ladder with { Renditions = [Of("a", "en", false, "en"), Of("a", "zh", true, "zh"), Of("b", "ja", true, "ja"), Of("inside", "en", true, null)] };
        var variant = s_ladder.Variants[0] with { AudioGroup = "a" };

        Assert.Equal(["zh"], Languages(variant, new IngestOptions()));
        Assert.Equal(["en", "zh"], Languages(variant, new IngestOptions { HlsAudioLanguages = ["EN", "zh"] }));
        Assert.Equal(["zh"], Languages(variant, new IngestOptions { HlsAudioLanguages = ["fr"] }));
        Assert.Empty(Languages(variant with { AudioGroup = "inside" }, new IngestOptions()));
        Assert.Empty(Languages(variant with { AudioGroup = null }, new IngestOptions()));

        IEnumerable<string> Languages(HlsVariant of, IngestOptions options) => VariantChoice.Sound(master, of, options).Select(r => r.Language);
    }

    private static string First(MasterPlaylist master, IngestOptions options) => VariantChoice.Order(master, options)[0].Url.Target;

    private static MasterPlaylist Master(params (string Name, long Bandwidth, int Height, string Codecs)[] variants) => new()
    {
        Url = new(StreamUrlKind.Http, "http://h/master.m3u8"),
        Variants = [.. variants.Select(v => new HlsVariant(new(StreamUrlKind.Http, $"http://h/{v.Name}"), v.Bandwidth, v.Height, v.Codecs, null))],
        Renditions = [],
        Variables = new Dictionary<string, string>(),
    };
}
