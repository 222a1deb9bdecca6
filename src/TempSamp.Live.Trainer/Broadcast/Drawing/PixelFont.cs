namespace TempSamp.Live.Trainer;

/// <summary>A 5x7 dot font for the graphics of a broadcast: digits, capital letters and a few signs.</summary>
internal static class PixelFont
{
    public const int Columns = 5;
    public const int Rows = 7;

    // Seven rows of five dots, each row a number 0..31 in base 32 (0-9, a-v), the leftmost dot worth 16.
    private static readonly Dictionary<char, string> s_glyphs = new()
    {
        ['0'] = "ehjlphe", ['1'] = "4c4444e", ['2'] = "eh1248v", ['3'] = "v2421he", ['4'] = "26aiv22",
        ['5'] = "vgu11he", ['6'] = "68guhhe", ['7'] = "v124888", ['8'] = "ehhehhe", ['9'] = "ehhf12c",
        ['A'] = "ehhvhhh", ['B'] = "uhhuhhu", ['C'] = "ehggghe", ['D'] = "uhhhhhu", ['E'] = "vgguggv",
        ['F'] = "vgguggg", ['G'] = "ehgnhhf", ['H'] = "hhhvhhh", ['I'] = "e44444e", ['K'] = "hikoikh",
        ['L'] = "ggggggv", ['M'] = "hrllhhh", ['N'] = "hhpljhh", ['O'] = "ehhhhhe", ['P'] = "uhhuggg",
        ['R'] = "uhhukih", ['S'] = "fgge11u", ['T'] = "v444444", ['U'] = "hhhhhhe", ['V'] = "hhhhha4",
        ['W'] = "hhhllla", ['X'] = "hha4ahh", ['Y'] = "hhha444",
        ['-'] = "000e000", [':'] = "0440440", ['!'] = "4444404", ['$'] = "4fke5u4", [' '] = "0000000",
    };

    /// <summary>Whether the dot is set; an unknown character is blank.</summary>
    public static bool Has(char character, int column, int row)
    {
        if (!s_glyphs.TryGetValue(character, out var glyph))
        {
            return false;
        }

        var code = glyph[row];
        var bits = code <= '9' ? code - '0' : code - 'a' + 10;
        return (bits & (16 >> column)) != 0;
    }
}
