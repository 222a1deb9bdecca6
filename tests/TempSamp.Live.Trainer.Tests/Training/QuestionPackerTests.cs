using TempSamp.Live.Model;
using TorchSharp;

namespace TempSamp.Live.Trainer.Tests;

public sealed class QuestionPackerTests : IDisposable
{
    private const int Pairs = 4;
    private static readonly Question s_goal = new("a goal is scored", "goal", false, new AnswerSpan(1, 3.5));
    private static readonly Question s_card = new("裁判出示红牌", "card", true, null);
    private readonly string _folder = Directory.CreateTempSubdirectory("mini").FullName;
    private readonly QwenConfig _config;
    private readonly ChatTokenizer _tokenizer;
    private readonly QuestionPacker _packer;
    private readonly PackedBatch _batch;

    public QuestionPackerTests()
    {
        TorchRuntime.Ensure();
        MiniModel.Prepare(_folder);
        _config = QwenConfig.Load(_folder);
        _tokenizer = ChatTokenizer.Load(_folder);
        _packer = new(_tokenizer, GroundingProfile.Load(_folder), _config);
        _batch = _packer.Pack([[s_goal, s_card]], Pairs);
    }

    public void Dispose()
    {
        _batch.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_row_is_the_serving_prompt_with_room_for_the_video_then_question_and_answer()
    {
        var ids = _batch.InputIds.data<long>().ToArray();
        var prompt = GroundingProfile.Load(_folder).Prompt;
        var expected = _tokenizer.Encode(prompt.SuffixText(prompt.Span(s_goal.Text)) + "<answer>01.0 to 03.5</answer><|im_end|>");

        Assert.Equal(Pairs * _packer.TokensPerPair, ids.Count(id => id == _config.VideoTokenId));
        Assert.Equal(expected.Select(id => (long)id), ids.Skip(_batch.VideoStart + _batch.VideoTokens).Take(expected.Length));
    }

    [Fact]
    public void A_span_has_six_digits_to_decide_and_a_presence_one_word()
    {
        var digits = _batch.Tokens.Where(t => t.Role == TokenRole.Digit).OrderBy(t => t.Decision).ToArray();

        Assert.Equal("010035", _tokenizer.Decode([.. digits.Select(t => (int)t.Target)]));
        Assert.Equal(_packer.PresenceIds.No, Assert.Single(_batch.Tokens, t => t.Role == TokenRole.Presence).Target);
    }

    [Fact]
    public void A_token_is_predicted_from_the_position_before_it()
    {
        var ids = _batch.InputIds.data<long>().ToArray();

        Assert.All(_batch.Tokens, t => Assert.Equal(t.Target, ids[t.Position + 1]));
    }

    [Fact]
    public void A_question_sees_the_video_and_itself_but_no_other_question()
    {
        var mask = _batch.Mask.data<float>().ToArray();
        var length = (int)_batch.InputIds.shape[1];
        var shared = _batch.VideoStart + _batch.VideoTokens;
        var second = shared + (length - shared) / 2;
        bool Sees(int row, int column) => mask[row * length + column] == 0;

        Assert.True(Sees(second, shared - 1));
        Assert.True(Sees(second + 3, second));
        Assert.False(Sees(second, second - 1));
        Assert.False(Sees(shared, second));
    }

    [Fact]
    public void Both_questions_stand_at_the_same_place_in_time()
    {
        var time = _batch.PositionIds.select(0, 0).data<long>().ToArray();
        var shared = _batch.VideoStart + _batch.VideoTokens;
        var second = shared + (time.Length - shared) / 2;

        Assert.Equal(time[shared], time[second]);
        Assert.Equal(_batch.VideoStart + 2 * (Pairs - 1) + 1, time[shared]);
    }
}
