using System.Globalization;

namespace TempSamp.Live.Trainer;

/// <summary>Charades-STA: <c>AO8RW 0.0 6.9##a person is putting a book on a shelf.</c> A row's id is its video and its place among the video's rows.</summary>
internal static class CharadesLines
{
    public static IEnumerable<RawRow> Read(string path)
    {
        var lengths = Lengths(path);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            var parts = line.Split("##", 2);
            var head = parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2 || head.Length != 3 || !Number(head[1], out var start) || !Number(head[2], out var end))
            {
                yield return new(index + 1) { Problem = "it is not VIDEO START END##SENTENCE" };
                continue;
            }
            var place = places[head[0]] = places.GetValueOrDefault(head[0], -1) + 1;
            yield return new(index + 1)
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{head[0]}_{place}"),
                Video = head[0],
                Duration = lengths.TryGetValue(head[0], out var length) ? length : null,
                Query = parts[1].Trim(),
                Spans = [[start, end]],
            };
        }
    }

    /// <summary>Lengths by video from Charades' own tables beside the annotations: the columns <c>id</c> and <c>length</c>.</summary>
    private static Dictionary<string, double> Lengths(string path)
    {
        var lengths = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var table in Directory.GetFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, "Charades_v1_*.csv").Order(StringComparer.Ordinal))
        {
            var rows = File.ReadLines(table).Select(Fields);
            var columns = rows.FirstOrDefault() ?? [];
            var (id, length) = (columns.IndexOf("id"), columns.IndexOf("length"));
            if (id < 0 || length < 0) continue;
            foreach (var row in rows.Skip(1))
                if (row.Count > Math.Max(id, length) && Number(row[length], out var seconds)) lengths[row[id]] = seconds;
        }
        return lengths;
    }

    // A field in quotation marks may hold commas.
    private static List<string> Fields(string line)
    {
        var (fields, start, quoted) = (new List<string>(), 0, false);
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"') quoted = !quoted;
            if (i < line.Length && (quoted || line[i] != ',')) continue;
            fields.Add(line[start..i].Trim('"'));
            start = i + 1;
        }
        return fields;
    }

    private static bool Number(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
