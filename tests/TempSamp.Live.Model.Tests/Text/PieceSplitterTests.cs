using System.Text.RegularExpressions;

namespace TempSamp.Live.Model.Tests;

public sealed class PieceSplitterTests
{
    private static string[] Split(string text) => [.. PieceSplitter.Split(text).Select(p => p.ToString())];

    [Fact]
    public void Pieces_of_the_basic_plane_are_the_matches_of_the_expression()
    {
        var random = new Random(3);
        var expression = new Regex(PieceSplitter.Pattern, RegexOptions.CultureInvariant);
        var scraps = new[] { "a", "B", "é", "中", "1", "٣", "½", "'", "'s", "'LL", "'re", "'", " ", "  ", "\t", "\n", "\r\n", "\u3000", "\u00a0", "\ufeff", ".", "!?", "<|", "_", "\u0301", "\u200d" };
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(random.GetItems(scraps, random.Next(14)));
            Assert.Equal(expression.Matches(text).Select(m => m.Value), Split(text));
        }
    }

    [Fact]
    public void Letters_outside_the_basic_plane_are_letters() => Assert.Equal(["𝒳𠀀abc", " 𝒳", "😀😀", " x"], Split("𝒳𠀀abc 𝒳😀😀 x"));

    [Fact]
    public void Long_runs_are_one_piece() => Assert.Equal([50_000, 1, 20_000], Split(new string('x', 50_000) + "7" + new string(' ', 20_000)).Select(p => p.Length));
}
