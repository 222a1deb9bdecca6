using System.Text.Json.Nodes;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Asks a model with the paper's prompts for the highlights of a whole video, all its sentences at once, and takes the likeliest token each time.</summary>
/// <param name="directory">The model's folder.</param>
/// <param name="thinking">Let the model reason first.</param>
/// <param name="problems">Told of videos that cannot be decoded.</param>
internal sealed class HighlightPredictor(string directory, bool thinking, DatasetProblems problems) : IDisposable
{
    /// <summary>Most tokens of an answer: the times and scores of 75 clips.</summary>
    private const int AnswerTokens = 1024, ThoughtTokens = 2048;

    private readonly QwenModel _model = QwenModel.Load(directory, ScalarType.BFloat16);
    private readonly ChatTokenizer _tokenizer = ChatTokenizer.Load(directory);
    private readonly GroundingProfile _profile = GroundingProfile.Load(directory);

    /// <summary>Lines of predictions: the answers as written; <c>score</c> reads what they mean.</summary>
    public IReadOnlyList<JsonObject> Answer(IReadOnlyList<DatasetRow> rows)
    {
        DatasetRow[] video = [.. rows.DistinctBy(r => r.Id ?? r.Query)];
        var prompt = new SharedPrompt(_tokenizer, _profile, _model.Config);
        var end = _tokenizer.TokenId(ChatTokens.TurnEnd);
        using var bank = Encode(video[0].VideoPath!);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var features = bank.Window(0, 0, bank.Clip(0).Pairs, prompt.TokensPerPair).unsqueeze(0);
        PolicyQuestion[][] questions = [[.. video.Select(r => new PolicyQuestion(_tokenizer.Encode(_profile.Prompt.SuffixText(thinking ? _profile.Prompt.HighlightsWithThought(r.Query) : _profile.Prompt.Highlights(r.Query))), default))]];
        using var sampler = new RolloutSampler(_model, prompt, _tokenizer, end);
        var answers = sampler.Sample(features, bank.Clip(0).Pairs, questions, new(1, thinking ? ThoughtTokens : AnswerTokens, Temperature: 0), seed: 0)[0];
        return [.. video.Zip(answers, (row, answer) => new JsonObject { ["qid"] = row.Id, ["video"] = row.Video, ["query"] = row.Query, ["answer"] = answer[0].Text })];
    }

    private FeatureBank Encode(string path)
    {
        var frames = new DecodedVideos(_profile.FrameWidth, _profile.FrameHeight, problems).Of(path);
        var cutter = ClipPatches.Of(directory, _profile);
        return FeatureBank.Encode(_model.Vision, _ => new(Math.Max(1, frames.Length / 2), [], slot => frames[Math.Min(slot, frames.Length - 1)]), 1, cutter, 1, _ => { }, default);
    }

    public void Dispose() => _model.Dispose();
}
