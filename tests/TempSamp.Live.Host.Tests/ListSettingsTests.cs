using Microsoft.Extensions.Configuration;

namespace TempSamp.Live.Host.Tests;

public class ListSettingsTests
{
    private sealed record Options
    {
        public IReadOnlyList<string> Protocols { get; init; } = ["rtmp", "http", "file"];

        public int[] Ports { get; init; } = [1, 2];
    }

    [Fact]
    public void A_configured_list_replaces_the_default()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Protocols:0"] = "rtmp" }).Build();
        var options = configuration.Get<Options>()!;

        ListSettings.Replace(options, configuration);

        Assert.Equal(["rtmp"], options.Protocols);
        Assert.Equal([1, 2], options.Ports);
    }

    [Fact]
    public void A_stronger_source_gives_the_whole_list()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Protocols:0"] = "rtmp", ["Protocols:1"] = "http", ["Ports:0"] = "7" })
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Protocols:0"] = "file" })
            .Build();

        var kept = ListSettings.KeepStrongest(configuration, SettingsSchema.Of(typeof(Options)));

        Assert.Equal(["file"], kept.GetSection("Protocols").GetChildren().Select(item => item.Value));
        Assert.Equal("7", kept["Ports:0"]);
    }

    [Fact]
    public void A_list_that_is_written_as_empty_is_no_error()
    {
        using var json = new MemoryStream("""{ "Protocols": [] }"""u8.ToArray());
        var configuration = new ConfigurationBuilder().AddJsonStream(json).Build();
        Assert.Empty(ListSettings.KeepStrongest(configuration, SettingsSchema.Of(typeof(Options))).GetSection("Protocols").GetChildren());
    }
}
