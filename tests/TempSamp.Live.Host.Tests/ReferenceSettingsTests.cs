using Microsoft.Extensions.Configuration;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>The appsettings.json of the top level is the reference: complete, valid, and its values are the defaults.</summary>
public class ReferenceSettingsTests
{
    private static readonly IConfigurationRoot Reference =
        new ConfigurationBuilder().AddJsonFile(Path.Combine(SharedData.Repository!, "appsettings.json")).Build();

    [Fact]
    public void Every_key_binds_and_the_whole_validates() => Settings.Validate(Reference);

    [Fact]
    public void Every_setting_appears()
    {
        // Of a list, "A:0" says that there is A.
        var known = Reference.AsEnumerable().SelectMany(pair => new[] { pair.Key, pair.Key[..Math.Max(0, pair.Key.LastIndexOf(':'))] }).ToHashSet(StringComparer.OrdinalIgnoreCase);

        // A record that is used in several places, such as a query, is documented once.
        var missing = Leaves(Settings.Schema, [])
            .GroupBy(leaf => leaf.Owner)
            .Where(places => !places.Any(place => known.Any(key => Matches(place.Path, key) || (place.Path[^1] == "*" && Matches(place.Path[..^1], key)))))     // or an empty list
            .Select(places => string.Join(':', places.First().Path));

        Assert.Empty(missing);
    }

    [Fact]
    public void Values_are_the_defaults()
    {
        foreach (var section in Settings.Sections.Where(section => section.Name.Length > 0))
        {
            var expected = Activator.CreateInstance(section.Options);
            var actual = Reference.GetSection(section.Name).Get(section.Options);
            foreach (var property in section.Options.GetProperties().Where(property => property.SetMethod is not null && IsPlain(property.PropertyType)))
                Assert.True(Equals(property.GetValue(expected), property.GetValue(actual)),
                    $"{section.Name}:{property.Name} is {property.GetValue(actual)} in appsettings.json and {property.GetValue(expected)} by default");
        }
    }

    [Fact]
    public void Every_setting_of_a_section_has_a_comment_above_it()
    {
        var lines = File.ReadAllLines(Path.Combine(SharedData.Repository!, "appsettings.json"));
        var bare = lines.Index()
            .Where(line => line.Item.StartsWith("    \"", StringComparison.Ordinal) && !line.Item.TrimEnd().EndsWith('{'))
            .Where(line => !lines[line.Index - 1].TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Select(line => $"{line.Index + 1}: {line.Item.Trim()}");

        Assert.Empty(bare);
    }

    [Fact]
    public void Sets_for_sports_and_shop_come_in_English_and_Chinese()
    {
        var sets = Reference.Get<StreamsOptions>()!.Queries;

        foreach (var set in new[] { "sports", "shop" })
        {
            Assert.Equal(sets[set].Keys.Order(), sets[set + "-zh"].Keys.Order());
            Assert.All(sets[set].Values, query => Assert.All(query.Text, letter => Assert.True(char.IsAscii(letter))));
            Assert.All(sets[set + "-zh"].Values, query => Assert.Contains(query.Text, letter => letter is >= '\u4e00' and <= '\u9fff'));
        }
    }

    /// <summary>Each leaf as the names on its way, where <c>*</c> stands for a free key or an index, and the property that owns it.</summary>
    private static IEnumerable<(string[] Path, object Owner)> Leaves(SettingsSchema node, string[] path, object? owner = null)
    {
        owner = node.Property ?? owner ?? string.Join(':', path);
        return node.Scalar is not null || node.IsList ? [(path, owner)]
            : node.Any is not null ? Leaves(node.Any, [.. path, "*"], owner)
            : node.Children.SelectMany(child => Leaves(child.Value, [.. path, child.Key]));
    }

    private static bool Matches(string[] pattern, string key)
    {
        var parts = key.Split(':');
        return parts.Length == pattern.Length && parts.Zip(pattern).All(pair => pair.Second == "*" || string.Equals(pair.First, pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsPlain(Type type) => type.IsValueType || type == typeof(string);
}
