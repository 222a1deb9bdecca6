using System.Text.RegularExpressions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>The README is held to what exists: its files, verbs, settings, endpoints and links.</summary>
public partial class ReadmeTests
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(SharedData.Repository!, "README.md"));

    [Fact]
    public void Every_path_that_it_names_exists()
    {
        var named = RepositoryPath().Matches(s_text).Select(match => match.Value.TrimEnd('.', '/')).Distinct().ToList();

        Assert.Contains("deploy/compose.yaml", named);
        Assert.All(named, path => Assert.True(Path.Exists(Path.Combine(SharedData.Repository!, path)), path));
    }

    [Fact]
    public async Task Every_verb_that_it_shows_is_there()
    {
        var verbs = VerbLine().Matches(s_text).Select(match => match.Groups["verb"].Value).Distinct().ToList();

        Assert.Superset(new HashSet<string> { "run", "doctor", "demo", "probe", "clip", "ground", "explain", "key" }, verbs.ToHashSet());
        foreach (var verb in verbs) Assert.Equal(ExitCode.Success, (await Cli.RunAsync(verb, "--help")).Code);
    }

    [Fact]
    public void Every_example_of_settings_is_valid()
    {
        using var folder = new TempFolder();
        var examples = JsonFence().Matches(s_text).Select(match => match.Groups["body"].Value).Where(body => !body.Contains("specversion", StringComparison.Ordinal)).ToList();
        var secrets = new Dictionary<string, string?>
        {
            ["Store:AccessKey"] = "k", ["Store:SecretKey"] = "s", ["Events:Kafka:Password"] = "p", ["Events:Webhooks:editors:Secret"] = "whsec_" + Convert.ToBase64String(new byte[32]),
        };

        Assert.True(examples.Count >= 3);
        Assert.All(examples, example =>
        {
            var given = example.Contains("\"Store\"", StringComparison.Ordinal) ? secrets : [];
            var sources = new SettingsSources { ProgramFolder = SharedData.Repository!, MachineFolder = folder.Path + "/none", Files = [folder.Write("example.json", example)], CommandLine = given };
            Settings.Validate(sources.Load());
        });
    }

    [Fact]
    public void Every_place_in_itself_that_it_points_to_is_there()
    {
        var headings = Heading().Matches(s_text).Select(match => Slug(match.Groups["text"].Value)).ToHashSet();

        Assert.All(Anchor().Matches(s_text).Select(match => match.Groups["slug"].Value), slug => Assert.Contains(slug, headings));
    }

    private static string Slug(string heading) => string.Concat(heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-')).Replace(' ', '-');

    [GeneratedRegex(@"(?<![\w/-])(deploy|tests|src|models)/[\w./-]+")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"(?m)^(\$ )?tempsamp-live (?<verb>[a-z]+)")]
    private static partial Regex VerbLine();

    [GeneratedRegex(@"(?s)```jsonc?\n(?<body>\{.*?)```|```jsonc?\n// [^\n]*\n(?<body>\{.*?)```")]
    private static partial Regex JsonFence();

    [GeneratedRegex(@"(?m)^#+ (?<text>.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(#(?<slug>[^)]+)\)")]
    private static partial Regex Anchor();
}
