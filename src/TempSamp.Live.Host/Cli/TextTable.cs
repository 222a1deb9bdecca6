namespace TempSamp.Live.Host;

/// <summary>Rows of text in aligned columns.</summary>
internal static class TextTable
{
    /// <summary>Writes <paramref name="rows"/> under <paramref name="head"/>; all rows are as wide as the head.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string> head, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = head.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        Line(head);
        Line([.. widths.Select(width => new string('-', width))]);
        foreach (var row in rows) Line(row);

        void Line(IReadOnlyList<string> cells) =>
            output.WriteLine(string.Join("  ", cells.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
