using System.Globalization;
using System.Text;

namespace TempSamp.Live.Model;

/// <summary>
/// Unicode normalisation form C. <see cref="string.Normalize()"/> leaves text as it is where globalisation is invariant, which is how the programs run,
/// and a tokenizer must see the same characters everywhere.
/// </summary>
public static class CanonicalForm
{
    // Arithmetic of Hangul syllables: the Unicode Standard, section 3.12.
    private const int Syllables = 0xAC00, Leads = 0x1100, Vowels = 0x1161, Tails = 0x11A7, LeadCount = 19, VowelCount = 21, TailCount = 28;

    private static readonly Lazy<Tables> Unicode = new(Tables.Read);

    /// <summary>The composed form of a text; the same instance where nothing can change. Lone surrogates become U+FFFD.</summary>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u02ff')) return text;

        var runes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, runes);
        Order(runes);
        var composed = new StringBuilder(text.Length);
        foreach (var rune in Recompose(runes)) composed.Append(new Rune(rune).ToString());
        return composed.ToString();
    }

    private static void Decompose(int rune, List<int> into)
    {
        if (rune - Syllables is >= 0 and < LeadCount * VowelCount * TailCount and var syllable)
        {
            into.Add(Leads + syllable / (VowelCount * TailCount));
            into.Add(Vowels + syllable / TailCount % VowelCount);
            if (syllable % TailCount is > 0 and var tail) into.Add(Tails + tail);
        }
        else if (Unicode.Value.Parts.TryGetValue(rune, out var parts))
            foreach (var part in parts)
                Decompose(part, into);
        else
            into.Add(rune);
    }

    // Marks after a starter are sorted by class, those of one class keep their order.
    private static void Order(List<int> runes)
    {
        for (var from = 0; from < runes.Count; from++)
        {
            if (Class(runes[from]) == 0) continue;
            var to = from;
            while (to < runes.Count && Class(runes[to]) != 0) to++;
            var marks = runes.GetRange(from, to - from).OrderBy(Class).ToArray();         // stable
            for (var i = 0; i < marks.Length; i++) runes[from + i] = marks[i];
            from = to;
        }
    }

    // Each character joins the last starter unless a character of the same or a higher class stands between.
    private static List<int> Recompose(List<int> runes)
    {
        var composed = new List<int>(runes.Count);
        var (starter, blocked) = (-1, 0);
        foreach (var rune in runes)
        {
            var own = Class(rune);
            var adjacent = starter >= 0 && starter == composed.Count - 1;
            if (starter >= 0 && (adjacent || (blocked != 0 && blocked < own)) && Pair(composed[starter], rune) is { } joined)
            {
                composed[starter] = joined;
                continue;
            }
            if (own == 0) starter = composed.Count;
            blocked = own;
            composed.Add(rune);
        }
        return composed;
    }

    private static int? Pair(int first, int second)
    {
        if (first - Leads is >= 0 and < LeadCount and var lead && second - Vowels is >= 0 and < VowelCount and var vowel)
            return Syllables + (lead * VowelCount + vowel) * TailCount;
        if (first - Syllables is >= 0 and < LeadCount * VowelCount * TailCount and var syllable && syllable % TailCount == 0 && second - Tails is > 0 and < TailCount and var tail)
            return first + tail;
        return Unicode.Value.Pairs.TryGetValue((first, second), out var joined) ? joined : null;
    }

    private static int Class(int rune) => Unicode.Value.Classes.GetValueOrDefault(rune);

    private sealed record Tables(Dictionary<int, byte> Classes, Dictionary<int, int[]> Parts, Dictionary<(int, int), int> Pairs)
    {
        public static Tables Read()
        {
            var tables = new Tables([], [], []);
            using var reader = new StreamReader(typeof(CanonicalForm).Assembly.GetManifestResourceStream("canonical.txt")!);
            while (reader.ReadLine() is { } line)
            {
                if (line[0] is '#' or '[') continue;
                if (line.Split('=') is [var character, var parts]) tables.AddParts(Hex(character), parts);
                else tables.AddClass(line.Split('-', ' '));
            }
            return tables;
        }

        private void AddClass(string[] fields)
        {
            for (var rune = Hex(fields[0]); rune <= Hex(fields[1]); rune++)
                Classes[rune] = byte.Parse(fields[2], CultureInfo.InvariantCulture);
        }

        private void AddParts(int character, string parts)
        {
            Parts[character] = [.. parts.TrimEnd('!').Split(' ').Select(Hex)];
            if (!parts.EndsWith('!')) Pairs[(Parts[character][0], Parts[character][1])] = character;
        }

        private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
