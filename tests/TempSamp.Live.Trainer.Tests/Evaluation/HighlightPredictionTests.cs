using System.Text.Json;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

/// <summary>Highlights from a rendered video to a score: trained, predicted and scored by the verbs' own classes.</summary>
public sealed class HighlightPredictionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("highlights").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    [Fact]
    public async Task A_model_that_has_learnt_a_video_s_highlights_names_them_and_scores_full_marks()
    {
        new BroadcastSet(_folder, BroadcastDomain.Shop, 3, 1, 8, 160, 96).Write(_ => { });
        var annotations = In("annotations.jsonl");
        File.WriteAllLines(annotations, File.ReadLines(annotations).Where(l => JsonDocument.Parse(l).RootElement.GetProperty("span").ValueKind == JsonValueKind.Array).Take(1).ToArray());
        UntrainedModel.Save(In("start"));
        (GroundingProfile.Load(In("start")) with { PromptStyle = PromptStyle.Paper, AnswerFormat = AnswerFormat.Of(PromptStyle.Paper) }).Save(In("start"));
        new PolicyRun(new(In("start"), new(annotations) { Validation = annotations }, In("trained"), Clips: 1, HeldOutClips: 1, ValidationWindows: 1, CheckpointEvery: 1000, Exact: true, Threads: 1), new()
        {
            Method = PolicyMethod.Sft, Task = PolicyTask.Highlight, Questions = 1, Phases = [new(40, Thinking: false)], LearningRate = 3e-3, Schedule = RateSchedule.Constant, AnswerTokens = 8,
        }, _ => { }).Run(default);

        var exit = await PredictCommand.Create().Parse(["--task", "highlight", "--model", In("trained"), "--data", annotations, "--out", In("predictions.jsonl")]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0, exit);
        var report = ScoreReport.Of(ScoreTask.Highlight, In("predictions.jsonl"), annotations);
        var truth = Assert.Single(DatasetReader.ReadTruth(DatasetFile.Parse(annotations), new(Assert.Fail)));
        Assert.Contains(HighlightAnswer.Format(truth.Saliency!), JsonDocument.Parse(Assert.Single(File.ReadLines(In("predictions.jsonl")))).RootElement.GetProperty("answer").GetString());
        Assert.Equal(100, report.Metrics["HL-min-Fair (exact clips)"]!["HL-Hit1"]!.GetValue<double>());
        Assert.Equal(0, report.Warnings["missing_queries"]!.GetValue<int>());
    }
}
