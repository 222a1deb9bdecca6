using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Looks before a run whether a model's tokenizer can write what training writes.</summary>
public static class ModelTokens
{
    private static readonly string[] s_needed = [ChatTokens.TurnStart, ChatTokens.TurnEnd, ChatTokens.VisionStart, ChatTokens.VisionEnd, ChatTokens.VideoPad];

    /// <summary>Checks a model folder.</summary>
    /// <exception cref="TrainerException">A token is missing, or configuration and tokenizer are of different models.</exception>
    public static void Check(string directory)
    {
        var (tokenizer, config) = (ChatTokenizer.Load(directory), QwenConfig.Load(directory));
        var missing = s_needed.Where(t => tokenizer.AddedTokens.All(a => a.Text != t)).ToArray();
        if (missing.Length > 0)
            throw new TrainerException($"The tokenizer of {directory} lacks {string.Join(", ", missing)}: videos and turns cannot be written without. Use the tokenizer.json of a Qwen2.5-VL model.");
        if (tokenizer.TokenId(ChatTokens.VideoPad) != config.VideoTokenId)
            throw new TrainerException($"The tokenizer of {directory} numbers {ChatTokens.VideoPad} {tokenizer.TokenId(ChatTokens.VideoPad)}, its config.json {config.VideoTokenId}: they are of different models. Take both from one.");
        if (tokenizer.Size > config.Text.VocabSize)
            throw new TrainerException($"The tokenizer of {directory} has {tokenizer.Size} tokens, its config.json rows for {config.Text.VocabSize}: they are of different models. Take both from one.");
    }
}
