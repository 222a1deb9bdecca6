using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Copies a checkpoint into a model, after checking that the two agree tensor by tensor.</summary>
internal static class CheckpointLoader
{
    private const string Head = "lm_head.weight";
    private const int MostNamed = 20;

    /// <summary>Fills every parameter, file after file in the order of the disk.</summary>
    /// <exception cref="ModelException">Tensors are missing, unexpected, of another shape or not of floating-point numbers; the message lists them.</exception>
    public static void Load(QwenModel model, Checkpoint checkpoint, string directory, IProgress<LoadProgress>? progress = null)
    {
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Check(parameters.ToDictionary(p => p.Key, p => p.Value.shape), checkpoint, directory, model.Config.Text.TieWordEmbeddings);
        Copy(parameters, checkpoint, progress);
    }

    private static void Copy(Dictionary<string, Parameter> parameters, Checkpoint checkpoint, IProgress<LoadProgress>? progress)
    {
        using var _ = no_grad();
        var total = parameters.Keys.Sum(name => checkpoint.Entry(name).Length);
        long done = 0;
        foreach (var name in checkpoint.InFileOrder(parameters.Keys))
        {
            checkpoint.CopyTo(name, parameters[name]);
            done += checkpoint.Entry(name).Length;
            progress?.Report(new(done, total, checkpoint.FileOf(name)));
        }
    }

    private static void Check(Dictionary<string, long[]> wanted, Checkpoint checkpoint, string directory, bool tied)
    {
        // A re-saved tied checkpoint may carry a copy of the embedding as its head.
        var found = checkpoint.Names.Where(n => !(tied && n == Head)).ToHashSet();
        var both = wanted.Where(w => found.Contains(w.Key)).Select(w => (Name: w.Key, Shape: w.Value, Stored: checkpoint.Entry(w.Key))).ToArray();
        string[] problems =
        [
            .. wanted.Where(w => !found.Contains(w.Key)).Select(w => $"missing {w.Key} {Text(w.Value)}"),
            .. found.Where(n => !wanted.ContainsKey(n)).Select(n => $"unexpected {n} {Text(checkpoint.Entry(n).Shape)}"),
            .. both.Where(b => !b.Stored.Shape.SequenceEqual(b.Shape)).Select(b => $"{b.Name} is {Text(b.Stored.Shape)}, wanted {Text(b.Shape)}"),
            .. both.Where(b => !SafetensorsHeader.IsFloating(b.Stored.Type)).Select(b => $"{b.Name} {Text(b.Shape)} is stored as {SafetensorsHeader.Name(b.Stored.Type)}, wanted BF16, F16 or F32"),
        ];
        if (problems.Length == 0) return;
        var more = problems.Length > MostNamed ? $"; and {problems.Length - MostNamed} more" : "";
        throw new ModelException($"The weights in {directory} do not fit its config.json: {string.Join("; ", problems.Take(MostNamed))}{more}. Use config and weights of the same checkpoint.");
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
