using System.Globalization;
using System.Text.RegularExpressions;

namespace FFmpeg.AutoGen.Generator;

/// <summary>Reads the abstract declarators that clang prints, such as <c>const uint8_t *const [4]</c> or <c>int (*)(void *, int)</c>.</summary>
internal sealed partial class CTypeParser
{
    private static readonly HashSet<string> Qualifiers = ["const", "volatile", "restrict", "struct", "union", "enum"];

    private readonly List<string> _tokens;
    private int _at;

    private CTypeParser(string text) => _tokens = [.. Token().Matches(text).Select(match => match.Value)];

    /// <summary>The type that a text denotes.</summary>
    public static CType Parse(string text)
    {
        var parser = new CTypeParser(text);
        var type = parser.ReadType();
        return parser._at == parser._tokens.Count ? type : throw new InvalidDataException($"cannot read the C type '{text}'");
    }

    private string Peek => _at < _tokens.Count ? _tokens[_at] : "";

    private CType ReadType()
    {
        var words = new List<string>();
        var isConst = false;
        for (; char.IsLetter(Peek.FirstOrDefault()) || Peek.StartsWith('_'); _at++)
        {
            isConst |= Peek == "const";
            if (!Qualifiers.Contains(Peek))
            {
                words.Add(Peek);
            }
        }
        CType type = new CType.Named(string.Join(' ', words), isConst);
        while (Take("*"))
        {
            var constPointer = false;
            for (; Qualifiers.Contains(Peek); _at++)
            {
                constPointer |= Peek == "const";
            }
            type = new CType.Pointer(type, constPointer);
        }
        return Peek == "(" ? ReadFunction(type) : ReadDimensions(type);
    }

    private CType.Function ReadFunction(CType returns)
    {
        Expect("(");
        if (Take("*"))
        {
            while (Qualifiers.Contains(Peek))
            {
                _at++;
            }
            Expect(")");
            Expect("(");
        }
        var parameters = new List<CType>();
        while (!Take(")"))
        {
            parameters.Add(ReadType());
            Take(",");
        }
        return parameters is [CType.Named { Name: "void" }] ? new(returns, []) : new(returns, parameters);
    }

    private CType ReadDimensions(CType element)
    {
        if (!Take("["))
        {
            return element;
        }
        int? length = Peek == "]" ? null : int.Parse(_tokens[_at++], CultureInfo.InvariantCulture);
        Expect("]");
        return new CType.Array(ReadDimensions(element), length);
    }

    private bool Take(string token)
    {
        if (Peek != token)
        {
            return false;
        }
        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
        {
            throw new InvalidDataException($"cannot read the C type '{string.Join(' ', _tokens)}': no {token} at word {_at}");
        }
    }

    [GeneratedRegex(@"\w+|[*()\[\],]|\.\.\.")]
    private static partial Regex Token();
}
