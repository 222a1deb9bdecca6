using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Copies a checkpoint into a model, after checking that the two agree tensor by tensor.</summary>
internal static class CheckpointLoader
{
    private const string Head = "lm_head.weight";
    private const int MostNamed = 20;

    /// <exception cref="ModelException">Tensors are missing, unexpected or of another shape; the message lists them.</exception>
    public static void Load(QwenModel model, Checkpoint checkpoint, string directory)
    {
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Check(parameters.ToDictionary(p => p.Key, p => p.Value.shape), checkpoint, directory, model.Config.Text.TieWordEmbeddings);
        using var _ = no_grad();
        foreach (var (name, parameter) in parameters)
        {
            using var stored = checkpoint.Read(name);
            parameter.copy_(stored);
        }
    }

    private static void Check(Dictionary<string, long[]> wanted, Checkpoint checkpoint, string directory, bool tied)
    {
        // A re-saved tied checkpoint may carry a copy of the embedding as its head.
        var found = checkpoint.Names.Where(n => !(tied && n == Head)).ToHashSet();
        string[] problems =
        [
            .. wanted.Where(w => !found.Contains(w.Key)).Select(w => $"missing {w.Key} {Text(w.Value)}"),
            .. found.Where(n => !wanted.ContainsKey(n)).Select(n => $"unexpected {n} {Text(checkpoint.Shape(n))}"),
            .. wanted.Where(w => found.Contains(w.Key) && !checkpoint.Shape(w.Key).SequenceEqual(w.Value))
                .Select(w => $"{w.Key} is {Text(checkpoint.Shape(w.Key))}, wanted {Text(w.Value)}"),
        ];
        if (problems.Length == 0) return;
        var more = problems.Length > MostNamed ? $"; and {problems.Length - MostNamed} more" : "";
        throw new ModelException($"The weights in {directory} do not fit its config.json: {string.Join("; ", problems.Take(MostNamed))}{more}. Use config and weights of the same checkpoint.");
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
