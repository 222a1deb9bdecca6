using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public sealed class AnnotatedVideosTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("annotated").FullName;
    private readonly List<string> _warnings = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(params string[] rows)
    {
        File.WriteAllText(Path.Combine(_folder, "a.mp4"), "");
        File.WriteAllText(Path.Combine(_folder, "b.mp4"), "");
        var path = Path.Combine(_folder, "annotations.jsonl");
        File.WriteAllLines(path, rows);
        return path;
    }

    [Theory]
    [InlineData("""{"video":"a.mp4","duration":30,"query":"a goal","span":[9,4]}""", "ends before it starts")]
    [InlineData("""{"video":"a.mp4","duration":30,"query":"a goal","span":[40,45]}""", "after the video's end")]
    [InlineData("""{"video":"c.mp4","duration":30,"query":"a goal","span":[4,9]}""", "there is no c.mp4")]
    [InlineData("""{"video":"a.mp4","duration":30,"query":" ","span":[4,9]}""", "query is empty")]
    [InlineData("""{"video":"a.mp4","duration":30,"query":"a goal","span":[4]}""", "not [start, end]")]
    [InlineData("""{"video":"a.mp4","duration":"long","query":"a goal","span":[4,9]}""", "wrong type")]
    public void A_bad_row_is_left_out_and_reported_with_its_line(string row, string reason)
    {
        var path = Write("""{"video":"a.mp4","duration":30,"query":"a card","span":[1,2]}""", row);

        var kept = AnnotatedVideos.Read(path, _warnings.Add).ToList();

        Assert.Equal("a card", Assert.Single(kept).Query);
        var warning = Assert.Single(_warnings);
        Assert.Contains("line 2", warning);
        Assert.Contains(reason, warning);
    }

    [Fact]
    public void Rows_of_one_kind_become_one_concept_with_all_its_sentences()
    {
        var path = Write(
            """{"video":"a.mp4","duration":30,"query":"a goal","kind":"goal","span":[4,9]}""",
            """{"video":"a.mp4","duration":30,"query":"进球了","kind":"goal","span":[4,9]}""",
            """{"video":"a.mp4","duration":30,"query":"a card","kind":"card","span":null}""",
            """{"video":"b.mp4","duration":30,"query":"a goal","kind":"goal","span":null}""");

        var clip = AnnotatedVideos.Open(path, GroundingProfile.Default, _warnings.Add).Train(0);

        Assert.Equal(30, clip.Pairs);
        Assert.Equal(["a goal", "进球了"], clip.Concepts[0].Texts);
        Assert.Equal([new AnswerSpan(4, 9)], clip.Concepts[0].Spans);
        Assert.Empty(clip.Concepts[1].Spans);
    }

    [Fact]
    public void One_video_is_too_few_to_learn_from_and_to_score_on()
    {
        var path = Write("""{"video":"a.mp4","duration":30,"query":"a goal","span":[4,9]}""");

        var refused = Assert.Throws<TrainerException>(() => AnnotatedVideos.Open(path, GroundingProfile.Default, _warnings.Add));

        Assert.Contains("at least two", refused.Message);
    }

    [Fact]
    public void Data_of_an_unknown_domain_is_refused_with_the_known_ones() =>
        Assert.Contains("render:mixed", Assert.Throws<TrainerException>(() => ClipSource.Open("render:opera", GroundingProfile.Default, 1, 40, _warnings.Add)).Message);
}
