using System.Globalization;

namespace TempSamp.Live.Trainer;

/// <summary>A folder of labelled broadcasts to be written: seeds follow one another from the first.</summary>
/// <param name="Directory">Made if it is not there.</param>
/// <param name="Domain">Which programme.</param>
/// <param name="FirstSeed">Seed of the first video.</param>
/// <param name="Count">Videos.</param>
/// <param name="Seconds">Length of each.</param>
/// <param name="Width">Pixels, even.</param>
/// <param name="Height">Pixels, even.</param>
/// <param name="Name">File name of a single video, without extension; null: domain and seed, such as "shop-42".</param>
public sealed record BroadcastSet(
    string Directory, BroadcastDomain Domain, ulong FirstSeed, int Count, double Seconds, int Width, int Height, string? Name = null)
{
    /// <summary>Writes NAME.mp4 and NAME.json for each video and annotations.jsonl for all.</summary>
    /// <param name="progress">Told videos done, as a fraction, from 0 to <see cref="Count"/>.</param>
    /// <param name="cancel">Stops; finished videos and their annotations stay.</param>
    public void Write(Action<double> progress, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(progress);
        System.IO.Directory.CreateDirectory(Directory);
        var writer = new BroadcastWriter(Width, Height);
        using var annotations = File.CreateText(Path.Combine(Directory, "annotations.jsonl"));
        for (var i = 0; i < Count; i++)
        {
            var done = i;
            var scenario = BroadcastScenario.Create(Domain, FirstSeed + (ulong)i, Seconds);
            var name = Name ?? string.Create(CultureInfo.InvariantCulture, $"{Domain.ToString().ToLowerInvariant()}-{scenario.Seed}");
            var video = $"{name}.mp4";
            writer.Write(scenario, Path.Combine(Directory, video), share => progress(done + share), cancel);
            File.WriteAllText(Path.Combine(Directory, $"{name}.json"), Annotations.ToJson(Annotations.Truth(scenario, video)) + "\n");
            foreach (var row in Annotations.Rows(scenario, video))
            {
                annotations.WriteLine(Annotations.ToJson(row));
            }

            annotations.Flush();
        }

        progress(Count);
    }
}
