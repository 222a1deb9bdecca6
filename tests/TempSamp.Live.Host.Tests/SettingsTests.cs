using Microsoft.Extensions.Configuration;

namespace TempSamp.Live.Host.Tests;

public class SettingsTests
{
    [Fact]
    public void Every_error_is_told_at_once_with_path_value_reason_and_fix()
    {
        var errors = ErrorsOf(new()
        {
            ["Logging:Level"] = "loud",
            ["Logging:FileBytes"] = "1",
            ["Logging:FileKeep"] = "a week",
            ["Loging:Level"] = "Debug",
        });

        Assert.Equal(
        [
            "Logging:FileBytes: 1 -> outside its bounds -> give a whole number from 65536 to 4294967296",
            "Logging:FileKeep: a week -> cannot be read -> give a duration such as 00:00:30 (hours:minutes:seconds)",
            "Logging:Level: loud -> cannot be read -> give one of Trace, Debug, Information, Warning, Error, Critical, None",
            "Loging: {...} -> no such setting -> did you mean Logging?",
        ], errors.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Streams:a:Url", "", "a stream needs an address")]
    [InlineData("Streams:a:QuerySets:0", "sport", "no such query set")]
    [InlineData("Streams:a:Queries:q:Text", " ", "a query needs a sentence")]
    [InlineData("Streams:a:Queries:q:Threshold", "1.5", "outside its bounds")]
    [InlineData("Streams:a:Queries:q:MinLength", "00:02:00", "longer than MaxLength")]
    [InlineData("Streams:a b:Url", "x", "a stream's id is part of folder names")]
    [InlineData("Streams:../a:Url", "x", "a stream's id is part of folder names")]
    [InlineData("Streams:a:Url:0", "x", "a single value is expected here")]
    [InlineData("Streams:a:QuerySets", "sports", "a list is expected here")]
    [InlineData("Streams:a", "x", "named settings are expected here")]
    [InlineData("Streams:b:Url", "listen:key", "the key is taken by stream a")]
    public void A_wrong_stream_is_refused_with_its_reason(string key, string value, string reason)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Queries:sports:goal:Text"] = "a goal",
            ["Streams:a:Url"] = "listen:key",
            ["Streams:a:Queries:q:Text"] = "a goal",
            [key] = value,
        };

        Assert.Contains(ErrorsOf(settings), error => error.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_variable_with_our_prefix_that_is_no_setting_is_left_alone() =>
        Assert.Empty(ErrorsOf(new() { ["GOLDEN"] = "/somewhere" }));

    [Fact]
    public void Own_queries_replace_those_of_the_sets_and_disabled_streams_are_left_out()
    {
        var options = Configuration(new()
        {
            ["Queries:sports:goal:Text"] = "a goal",
            ["Queries:sports:card:Text"] = "a card",
            ["Streams:b:Url"] = "b.mp4",
            ["Streams:b:QuerySets:0"] = "sports",
            ["Streams:b:Queries:goal:Text"] = "an own goal",
            ["Streams:b:Queries:goal:Threshold"] = "0.9",
            ["Streams:a:Enabled"] = "false",
        }).Get<StreamsOptions>()!;

        var stream = Assert.Single(StreamCatalog.Resolve(options));

        Assert.Equal("b", stream.Id);
        Assert.Equal([("card", "a card", 0.5), ("goal", "an own goal", 0.9)], stream.Queries.Select(q => (q.Id, q.Text, q.Threshold)));
    }

    private static IConfigurationRoot Configuration(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    private static IReadOnlyList<string> ErrorsOf(Dictionary<string, string?> settings)
    {
        try
        {
            Settings.Validate(Configuration(settings));
            return [];
        }
        catch (SettingsException e)
        {
            return e.Errors;
        }
    }
}
