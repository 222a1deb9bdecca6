using System.Text;

namespace TempSamp.Live.Model;

/// <summary>Decodes an answer token by token. A character whose bytes lie in several tokens comes out with its last one.</summary>
public sealed class TokenStream
{
    private readonly ChatTokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

    internal TokenStream(ChatTokenizer tokenizer, bool skipSpecial) => (_tokenizer, _skipSpecial) = (tokenizer, skipSpecial);

    /// <summary>Takes the next id and returns the text that it completes; often empty inside a character.</summary>
    public string Push(int id) => Decode(_tokenizer.Bytes(id, _skipSpecial), flush: false);

    /// <summary>Ends the answer: what an unfinished character leaves behind, as U+FFFD, or nothing.</summary>
    public string Finish() => Decode(default, flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var text = new char[_utf8.GetCharCount(bytes, flush)];
        return new(text, 0, _utf8.GetChars(bytes, text, flush));
    }
}
