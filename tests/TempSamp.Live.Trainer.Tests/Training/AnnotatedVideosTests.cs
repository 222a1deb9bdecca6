using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public sealed class AnnotatedVideosTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("annotated").FullName;
    private readonly List<string> _warnings = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(params string[] rows)
    {
        foreach (var video in "abcd") File.WriteAllText(Path.Combine(_folder, $"{video}.mp4"), "");
        var path = Path.Combine(_folder, "annotations.jsonl");
        File.WriteAllLines(path, rows);
        return path;
    }

    private IClipSource Open(DataOptions options) => ClipSource.Open(options, GroundingProfile.Default, _warnings.Add);

    [Fact]
    public void Rows_of_one_kind_become_one_concept_with_all_its_sentences()
    {
        var path = Write(
            """{"video":"a.mp4","duration":30,"query":"a goal","kind":"goal","span":[4,9]}""",
            """{"video":"a.mp4","duration":30,"query":"进球了","kind":"goal","span":[4,9]}""",
            """{"video":"a.mp4","duration":30,"query":"a card","kind":"card","span":null}""",
            """{"video":"b.mp4","duration":30,"query":"a goal","kind":"goal","span":null}""");

        var clip = Open(new(path)).Train(0);

        Assert.Equal(30, clip.Pairs);
        Assert.Equal(["a goal", "进球了"], clip.Concepts[0].Texts);
        Assert.Equal([new AnswerSpan(4, 9)], clip.Concepts[0].Spans);
        Assert.Empty(clip.Concepts[1].Spans);
    }

    [Fact]
    public void One_video_is_too_few_to_learn_from_and_to_score_on()
    {
        var path = Write("""{"video":"a.mp4","duration":30,"query":"a goal","span":[4,9]}""");

        Assert.Contains("at least two", Assert.Throws<TrainerException>(() => Open(new(path))).Message);
    }

    [Fact]
    public void Videos_of_a_validation_file_are_scored_on_and_all_others_learnt_from()
    {
        var path = Write("""{"video":"a.mp4","duration":30,"query":"a goal","span":[4,9]}""", """{"video":"b.mp4","duration":30,"query":"a goal","span":[4,9]}""");
        var validation = Path.Combine(_folder, "validation.jsonl");
        File.WriteAllLines(validation, ["""{"video":"c.mp4","duration":20,"query":"a goal","span":[4,9]}"""]);

        var clips = Open(new(path) { Validation = validation });

        Assert.Equal((2, 1), (clips.TrainCount, clips.HeldOutCount));
        Assert.Equal(20, clips.HeldOut(0).Pairs);
    }

    [Fact]
    public void Few_samples_are_a_part_of_more_samples_of_the_same_seed()
    {
        var path = Write([.. from video in "abcd" from n in Enumerable.Range(0, 5) select $$"""{"video":"{{video}}.mp4","duration":30,"query":"{{video}} {{n}}","span":[{{n}},9]}"""]);
        HashSet<string> Asked(int samples, int seed = 1)
        {
            var clips = Open(new(path) { Samples = samples, Seed = seed });
            return [.. Enumerable.Range(0, clips.TrainCount!.Value).SelectMany(n => clips.Train(n).Concepts).SelectMany(c => c.Texts)];
        }

        Assert.Equal(4, Asked(4).Count);
        Assert.Subset(Asked(9), Asked(4));
        Assert.NotEqual(Asked(4), Asked(4, seed: 2));
        Assert.Contains("--samples asks for 16", Assert.Throws<TrainerException>(() => Asked(16)).Message);
    }

    [Fact]
    public void Data_of_an_unknown_domain_is_refused_with_the_known_ones() =>
        Assert.Contains("render:mixed", Assert.Throws<TrainerException>(() => Open(new("render:opera"))).Message);
}
