using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>
/// <c>--config FILE</c>: any flag of a verb as a JSON object, <c>{"lr": 1e-4, "phases": "answer:200", "exact": true}</c>. A flag on the command line wins over the file.
/// </summary>
public static class ConfigFile
{
    /// <summary>The flag that names the file.</summary>
    public const string Flag = "--config";

    /// <summary>The command line with the file's flags in it.</summary>
    /// <exception cref="TrainerException">The file is missing or no JSON object of plain values.</exception>
    public static string[] Expand(string[] args)
    {
        var at = Array.FindIndex(args, a => a == Flag || a.StartsWith(Flag + "=", StringComparison.Ordinal));
        if (at < 0) return args;
        var isJoined = args[at] != Flag;
        if (!isJoined && at + 1 == args.Length) throw new TrainerException($"{Flag} names no file: give it the path of a JSON object of flags.");
        var path = isJoined ? args[at][(Flag.Length + 1)..] : args[at + 1];
        string[] given = [.. args[..at], .. args[(at + (isJoined ? 1 : 2))..]];
        var named = given.Where(a => a.StartsWith("--", StringComparison.Ordinal)).Select(a => a.Split('=')[0]).ToHashSet();
        return [.. given, .. Read(path).Where(f => !named.Contains(f.Flag)).SelectMany(f => new[] { f.Flag, f.Value })];
    }

    private static IEnumerable<(string Flag, string Value)> Read(string path)
    {
        if (!File.Exists(path)) throw new TrainerException($"{path} does not exist: {Flag} is given the path of a JSON object of flags.");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return [.. json.RootElement.EnumerateObject().Select(f => ("--" + f.Name, f.Value.ValueKind switch
            {
                JsonValueKind.String => f.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => f.Value.GetRawText(),
                _ => throw new TrainerException($"{path}: {f.Name} is neither text nor a number, true or false."),
            }))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TrainerException($"{path} is not a JSON object of flags ({e.Message}).", e);
        }
    }
}
