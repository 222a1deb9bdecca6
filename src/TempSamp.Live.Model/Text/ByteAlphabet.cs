using System.Text;

namespace TempSamp.Live.Model;

/// <summary>
/// How tokenizer files write bytes as printable characters: printable Latin-1 stands for itself, the other bytes in order take the characters from U+0100 on.
/// </summary>
public static class ByteAlphabet
{
    private static readonly char[] ToChar = Build();
    private static readonly Dictionary<char, byte> ToByte = ToChar.Select((c, b) => (c, b)).ToDictionary(p => p.c, p => (byte)p.b);

    /// <summary>The character of each byte.</summary>
    public static ReadOnlySpan<char> Characters => ToChar;

    /// <summary>All bytes in the order of the family's first 256 token ids: by their characters' code points.</summary>
    public static IEnumerable<byte> Order => Enumerable.Range(0, 256).Select(b => (byte)b).OrderBy(b => ToChar[b]);

    /// <summary>Writes bytes as characters.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes) text.Append(ToChar[b]);
        return text.ToString();
    }

    /// <summary>The bytes that characters stand for; null where one stands for none.</summary>
    public static byte[]? Read(string text)
    {
        var bytes = new byte[text.Length];
        for (var i = 0; i < bytes.Length; i++)
            if (!ToByte.TryGetValue(text[i], out bytes[i])) return null;
        return bytes;
    }

    private static char[] Build()
    {
        var (characters, next) = (new char[256], '\u0100');
        for (var b = 0; b < 256; b++)
            characters[b] = b is (> ' ' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : next++;
        return characters;
    }
}
