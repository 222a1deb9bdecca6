using TempSamp.Live.Model;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Trainer.Tests;

public class HighlightTests
{
    private static readonly Dictionary<int, double> s_truth = new() { [41] = 4, [42] = 2, [43] = 1 };
    private static readonly HighlightRewardOptions s_paper = new();

    private static double Reward(HighlightRewardOptions options, params (int Clip, double Score)[] predicted) =>
        HighlightReward.Of(predicted.ToDictionary(p => p.Clip, p => p.Score), s_truth, options);

    [Fact]
    public void A_perfect_answer_earns_all() => Assert.Equal(1, Reward(s_paper, (41, 4), (42, 2), (43, 1)), 12);

    [Fact]
    public void Found_clips_count_by_F2_and_scores_by_their_weighted_error()
    {
        // Two of three found beside a wrong one: P = 2/3, R = 2/3, F2 = 2/3. Errors: 41 off by 1, weight 16; 42 right; 43 missing, error 1, weight 1: WMSE = 17 / 21.
        Assert.Equal(0.6 * 2 / 3 + 0.4 / (1 + 17 / 21.0), Reward(s_paper, (41, 3), (42, 2), (50, 4)), 12);

        // One found alone: P = 1, R = 1/3, F2 = 5 P R / (4 P + R) = 5/13.
        Assert.Equal(0.6 * 5 / 13 + 0.4 / (1 + (4 * 4 + 1) / 21.0), Reward(s_paper, (41, 4)), 12);
    }

    [Fact]
    public void The_error_can_be_taken_over_matched_clips_alone()
    {
        Assert.Equal(0.6 * 5 / 13 + 0.4, Reward(s_paper with { ErrorOver = SaliencyErrorOver.Matched }, (41, 4)), 12);
        Assert.Equal(0, Reward(s_paper with { ErrorOver = SaliencyErrorOver.Matched }, (1, 4)), 12);
    }

    [Fact]
    public void Nothing_found_still_earns_what_its_scores_leave() => Assert.Equal(0.4 / (1 + (16 * 16 + 4 * 4 + 1) / 21.0), Reward(s_paper, (1, 4)), 12);

    [Fact]
    public void An_annotation_in_words_earns_all_and_other_text_nothing()
    {
        var said = HighlightAnswer.Format(s_truth);

        Assert.Equal("The highlight timestamps are in the 82.0, 84.0, 86.0 seconds. Their saliency scores are 4.0, 2.0, 1.0.", said);
        Assert.Equal(1, HighlightReward.Of($"<think>at 3 seconds, score 1.0</think><answer>{said}</answer>", s_truth, s_paper), 12);
        Assert.Equal(0, HighlightReward.Of(said, s_truth, s_paper));
        Assert.Equal(0, HighlightReward.Of("<answer>I do not know</answer>", s_truth, s_paper));
    }

    [Theory]
    [InlineData(82, 41, 40)]
    [InlineData(83.5, 41, 41)]
    [InlineData(0, 0, 0)]
    [InlineData(2, 1, 0)]
    public void Times_belong_to_one_clip_exactly_and_mostly_to_the_one_before_as_TimeChat_counts(double seconds, int exact, int timeChat)
    {
        Assert.Equal(exact, Assert.Single(HighlightAnswer.ByClip([new(seconds, 1)], ClipMapping.Exact)).Key);
        Assert.Equal(timeChat, Assert.Single(HighlightAnswer.ByClip([new(seconds, 1)], ClipMapping.TimeChat)).Key);
    }

    [Fact]
    public void Missing_scores_are_nothing_and_scores_in_one_clip_are_averaged()
    {
        var named = HighlightAnswer.Parse("The highlights are at 10, 11, 30.\nTheir Scores are 4.0, 3.0")!;

        Assert.Equal([new(10, 4), new(11, 3), new(30, 0)], named);
        Assert.Equal(3.5, HighlightAnswer.ByClip(named, ClipMapping.Exact, 20)[5]);
    }

    [Fact]
    public void Perfect_answers_to_the_validation_set_score_as_published_under_both_mappings()
    {
        if (SharedData.Eval is null) Assert.Skip(SharedData.Missing("eval"));
        var truth = Path.Combine(SharedData.Eval, "qvh", "gt_val.jsonl");
        var folder = Directory.CreateTempSubdirectory("highlights").FullName;
        try
        {
            var predictions = Path.Combine(folder, "perfect.jsonl");
            var rows = DatasetReader.ReadTruth(new(DatasetKind.QvHighlights, truth, folder), new(message => Assert.Fail(message))).ToArray();
            File.WriteAllLines(predictions, rows.Select(r => System.Text.Json.JsonSerializer.Serialize(new { qid = r.Id, answer = $"<answer>{HighlightAnswer.Format(r.Saliency!)}</answer>" })));

            var metrics = ScoreReport.Of(ScoreTask.Highlight, predictions, truth).Metrics;

            Assert.Equal(1550, rows.Length);
            double Of(string clips, string metric) => metrics[$"HL-min-VeryGood ({clips} clips)"]![metric]!.GetValue<double>();
            Assert.Equal(60.81, Of("exact", "HL-mAP"), 0.02);
            Assert.Equal(95.68, Of("exact", "HL-Hit1"), 0.02);
            Assert.Equal(38.58, Of("timechat", "HL-mAP"), 0.02);
            Assert.Equal(62.71, Of("timechat", "HL-Hit1"), 0.02);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
