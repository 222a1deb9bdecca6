using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public sealed class BpeTrainerTests : IDisposable
{
    private static readonly string[] Corpus =
        [.. Enumerable.Repeat("Find: a goal is scored. Happens: the goalkeeper saves a shot? <answer>07.5 to 12.0</answer> yes no 进球了", 5), "user", "assistant", "user", "assistant"];

    private readonly string _folder = Directory.CreateTempSubdirectory("bpe").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ChatTokenizer Train(int size)
    {
        BpeTrainer.Train(Corpus, size).Save(_folder);
        return ChatTokenizer.Load(_folder);
    }

    [Fact]
    public void Trained_vocabulary_is_loaded_by_the_tokenizer_and_reads_back_what_it_encodes()
    {
        var tokenizer = Train(400);

        Assert.All([.. Corpus, "words never seen, 😀 中文 \r\n 12.5", ""], text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text))));
        Assert.True(tokenizer.Encode(Corpus[0]).Length < Corpus[0].Length / 2);
        Assert.Single(tokenizer.Encode("yes"));
        Assert.Single(tokenizer.Encode("assistant"));
    }

    [Fact]
    public void Own_tokens_follow_the_vocabulary_in_the_published_order()
    {
        var vocabulary = BpeTrainer.Train(Corpus, 300);
        vocabulary.Save(_folder);
        var tokenizer = ChatTokenizer.Load(_folder);

        Assert.Equal(vocabulary.Tokens.Count, tokenizer.TokenId("<|endoftext|>"));
        Assert.Equal(vocabulary.Tokens.Count + 13, tokenizer.TokenId("<|video_pad|>"));
        Assert.Equal(vocabulary.IdOf("<|im_end|>"), tokenizer.TokenId("<|im_end|>"));
        Assert.Equal(vocabulary.Size, tokenizer.Size);
        Assert.Equal(vocabulary.Size - 1, tokenizer.TokenId("<|file_sep|>"));
    }

    [Fact]
    public void Digits_stay_tokens_of_their_own()
    {
        var tokenizer = Train(2000);
        Assert.Equal(4, tokenizer.Encode("07.5").Length);
        Assert.Equal(Enumerable.Range(0, 10).Select(d => d + 15), Enumerable.Range(0, 10).Select(d => tokenizer.TokenId($"{d}")));
    }

    [Fact]
    public void Same_corpus_gives_the_same_files()
    {
        BpeTrainer.Train(Corpus, 350).Save(_folder);
        var first = File.ReadAllText(Path.Combine(_folder, "tokenizer.json"));

        BpeTrainer.Train(Corpus.Reverse(), 350).Save(_folder);

        Assert.Equal(first, File.ReadAllText(Path.Combine(_folder, "tokenizer.json")));
    }

    [Fact]
    public void Most_frequent_pair_is_merged_first_and_ties_go_to_the_smaller_ids()
    {
        var vocabulary = BpeTrainer.Train(["xy xy xy xy", "ba ba", "ca ca"], 260);

        Assert.Equal(["xy", " xy", "ba", "ca"], vocabulary.Tokens.Skip(256).Select(t => System.Text.Encoding.UTF8.GetString(t)));
    }

    [Fact]
    public void Training_stops_when_no_pair_repeats() => Assert.Equal(256, BpeTrainer.Train(["abc"], 300).Tokens.Count);

    [Fact]
    public void A_vocabulary_smaller_than_the_bytes_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => BpeTrainer.Train(Corpus, 255));
}
