namespace FFmpeg.AutoGen.Generator;

/// <summary>What to bind, from the text files of a folder. Lines that start with # are comments.</summary>
/// <param name="Headers">Header paths as written in an include.</param>
/// <param name="Functions">Library of each function.</param>
/// <param name="Types">Structs and enums wanted beside those that signatures name.</param>
/// <param name="Macros">Regular expressions of whole macro names.</param>
internal sealed record Surface(
    IReadOnlyList<string> Headers, IReadOnlyDictionary<string, string> Functions, IReadOnlyList<string> Types, IReadOnlyList<string> Macros)
{
    /// <summary>Reads <c>headers.txt</c>, <c>functions.txt</c>, <c>types.txt</c> and <c>macros.txt</c>.</summary>
    public static Surface Read(string folder)
    {
        var functions = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Lines(folder, "functions.txt"))
        {
            var colon = line.IndexOf(':');
            if (colon < 0)
            {
                throw new InvalidDataException($"functions.txt: '{line}' names no library; write 'library: name name'");
            }
            foreach (var name in Words(line[(colon + 1)..]))
            {
                functions.Add(name, line[..colon]);
            }
        }
        return new Surface(
            Lines(folder, "headers.txt"), functions,
            [.. Lines(folder, "types.txt").SelectMany(Words)], Lines(folder, "macros.txt"));
    }

    private static List<string> Lines(string folder, string file) =>
        [.. File.ReadLines(Path.Combine(folder, file)).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
