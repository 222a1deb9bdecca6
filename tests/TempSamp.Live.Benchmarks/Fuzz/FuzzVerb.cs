using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace TempSamp.Live.Benchmarks;

/// <summary><c>fuzz</c>: nearly right playlists and media openings, a quarter of the cases playlists, the others FLV, MPEG-TS and MP4.</summary>
public static class FuzzVerb
{
    private const int PlaylistShare = 4;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var cases = new Option<int>("--cases") { Description = "How many", DefaultValueFactory = _ => 4000 };
        var seed = new Option<int>("--seed") { Description = "Number of the first; the same seed makes the same case", DefaultValueFactory = _ => 1 };
        var keep = new Option<string>("--out") { Description = "Folder for inputs that break something", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON" };
        var verb = new Command("fuzz", "Opens damaged playlists and media; finds crashes, hangs and reads outside of what is allowed") { cases, seed, keep, json };
        verb.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(cases), parsed.GetValue(seed), parsed.GetValue(keep), parsed.GetValue(json), cancel));
        return verb;
    }

    private static async Task<int> RunAsync(int cases, int seed, string? keep, bool json, CancellationToken cancel)
    {
        var playlists = PlaylistFuzz.Run(cases / PlaylistShare, seed, TimeProvider.System);
        var media = await MediaFuzzRun.RunAsync(cases - (cases / PlaylistShare), seed, keep, TimeProvider.System, cancel);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { seed, playlists, media }));
        }
        else
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"playlists: {playlists.Cases} cases from seed {seed}, {playlists.Read} read, {playlists.Refused} refused, slowest {playlists.SlowestMilliseconds:0} ms"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"media: {media.Cases} cases from seed {seed}, {media.Read} read, {media.Refused} refused, slowest {media.SlowestMilliseconds:0} ms"));
        }

        foreach (var failure in playlists.Failures.Concat(media.Failures)) Console.Error.WriteLine(failure);
        return playlists.Failures.Count + media.Failures.Count == 0 ? 0 : 1;
    }
}
