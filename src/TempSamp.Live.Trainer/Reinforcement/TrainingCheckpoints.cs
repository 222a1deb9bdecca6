using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Where a run stands.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Options">Digest of the options that decide what the steps do; a run of other options is not gone on with.</param>
/// <param name="BestScore">Best validation score so far; null before the first.</param>
public sealed record TrainingPlace(int Step, string Options, double? BestScore);

/// <summary>
/// Checkpoints of a run, <c>checkpoints/step-N</c>: weights and optimiser in full precision. Each appears whole or not at all, and older ones go only
/// after a newer one is complete, so that a kill or a full disk at any moment leaves the last good one.
/// </summary>
/// <param name="directory">Folder of the run.</param>
/// <param name="keep">How many stay.</param>
public sealed class TrainingCheckpoints(string directory, int keep)
{
    private const string Prefix = "step-";
    private const string Partial = ".partial";
    private readonly string _folder = Path.Combine(directory, "checkpoints");

    /// <summary>Whether there is one to go on from.</summary>
    public bool Exist => Steps().Length > 0;

    /// <summary>Drops all of them.</summary>
    public void Clear()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The newest complete checkpoint, read into model and optimiser; null where there is none.</summary>
    /// <param name="parameters">What is trained, with the names it was saved under.</param>
    /// <param name="optimizer">Their optimiser.</param>
    /// <param name="options">Digest of this run's options.</param>
    /// <exception cref="TrainerException">It is of a run with other options.</exception>
    public TrainingPlace? Resume(IReadOnlyList<(string Name, Parameter Parameter)> parameters, AdamW optimizer, string options)
    {
        if (Steps() is not [.., var newest]) return null;
        var path = PathOf(newest);
        var place = JsonSerializer.Deserialize<TrainingPlace>(File.ReadAllText(Path.Combine(path, "place.json")))!;
        if (place.Options != options)
            throw new TrainerException($"{path} is of a run with other options. Resume with the options it was begun with, or give another --out.");
        using (no_grad())
        using (var scope = NewDisposeScope())
        using (var weights = SafetensorsFile.Open(Path.Combine(path, "weights.safetensors")))
            foreach (var (name, parameter) in parameters) parameter.copy_(weights.Read(name));
        optimizer.Load(Path.Combine(path, "optimizer.safetensors"));
        return place;
    }

    /// <summary>Writes a checkpoint and drops those that are too many.</summary>
    /// <exception cref="TrainerException">It cannot be written; the ones before it are untouched.</exception>
    public void Save(TrainingPlace place, IReadOnlyList<(string Name, Parameter Parameter)> parameters, AdamW optimizer)
    {
        var partial = PathOf(place.Step) + Partial;
        try
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
            Directory.CreateDirectory(partial);
            SafetensorsWriter.Write(Path.Combine(partial, "weights.safetensors"), parameters.Select(p => KeyValuePair.Create(p.Name, (Tensor)p.Parameter)));
            optimizer.Save(Path.Combine(partial, "optimizer.safetensors"));
            File.WriteAllText(Path.Combine(partial, "place.json"), JsonSerializer.Serialize(place));
            foreach (var file in Directory.GetFiles(partial)) Flush(file);
            if (Directory.Exists(PathOf(place.Step))) Directory.Delete(PathOf(place.Step), recursive: true);
            Directory.Move(partial, PathOf(place.Step));
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException) // a file beyond the system's limit is an argument out of range to .NET
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
            throw new TrainerException($"The checkpoint of step {place.Step} cannot be written: {e.Message} Make room and run the same command again; it goes on from {(Steps() is [.., var last] ? $"step {last}" : "the start")}.", e);
        }
        foreach (var old in Steps().SkipLast(keep)) Directory.Delete(PathOf(old), recursive: true);
    }

    private int[] Steps() => !Directory.Exists(_folder) ? [] : [.. Directory.GetDirectories(_folder, Prefix + "*")
        .Select(d => int.TryParse(Path.GetFileName(d)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : -1)
        .Where(s => s >= 0).Order()];

    private string PathOf(int step) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:000000}"));

    private static void Flush(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.Flush(flushToDisk: true);
    }
}
