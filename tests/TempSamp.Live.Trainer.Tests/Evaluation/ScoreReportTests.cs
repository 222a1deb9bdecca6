using System.Text.Json;
using System.Text.Json.Nodes;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Trainer.Tests;

public sealed class ScoreReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("score").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, params string[] lines)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private ScoreReport Score(ScoreTask task, string[] predictions, string[] annotations) =>
        ScoreReport.Of(task, Write("predictions.jsonl", predictions), Write("annotations.jsonl", annotations));

    [Fact]
    public void Reference_highlight_sets_score_the_same()
    {
        var cases = EvalManifest.Cases("qvh", "synth", "edge");
        if (cases is null) Assert.Skip(SharedData.Missing("eval"));

        Assert.NotEmpty(cases);
        Assert.All(cases, c =>
        {
            var (report, expected) = (ScoreReport.Of(ScoreTask.Highlight, c.Predictions, c.Truth), c.Expected);
            var policy = expected.GetProperty("policy");

            AssertSame(policy.GetProperty("metrics"), report.Metrics, "");
            AssertSame(policy.GetProperty("warnings"), report.Warnings, "");
            if (expected.GetProperty("use").GetString()!.StartsWith("upstream", StringComparison.Ordinal))
                foreach (var block in expected.GetProperty("upstream_exact").GetProperty("metrics").EnumerateObject().Where(b => report.Metrics[b.Name] is not null))
                    AssertSame(block.Value, report.Metrics[block.Name]!.AsObject(), block.Name);
            Assert.Equal(policy.GetProperty("metrics").EnumerateObject().Count(), report.Metrics.Count);
        });
    }

    [Fact]
    public void Reference_moment_sets_score_the_same()
    {
        var cases = EvalManifest.Cases("tvg");
        if (cases is null) Assert.Skip(SharedData.Missing("eval"));

        Assert.NotEmpty(cases);
        Assert.All(cases, c =>
        {
            var report = ScoreReport.Of(ScoreTask.Moment, c.Predictions, c.Truth);
            foreach (var metric in new[] { "n", "R1@0.3", "R1@0.5", "R1@0.7", "mIoU" })
                Assert.Equal(c.Expected.GetProperty(metric).GetDouble(), Number(report.Metrics[metric]), 1e-6);
        });
    }

    private static void AssertSame(JsonElement expected, JsonObject actual, string path)
    {
        foreach (var field in expected.EnumerateObject())
            if (field.Value.ValueKind == JsonValueKind.Null) Assert.Null(actual[field.Name]);
            else if (field.Value.ValueKind == JsonValueKind.Object) AssertSame(field.Value, actual[field.Name]!.AsObject(), $"{path} {field.Name}");
            else if (!(Math.Abs(field.Value.GetDouble() - Number(actual[field.Name])) <= 1e-6)) Assert.Fail($"{path} {field.Name} is {actual[field.Name]}, expected {field.Value}");
    }

    private static double Number(JsonNode? value) => JsonSerializer.SerializeToElement(value).GetDouble();

    [Fact]
    public void Bare_NaN_is_refused_with_its_line()
    {
        var cases = EvalManifest.Cases("edge");
        if (cases is null) Assert.Skip(SharedData.Missing("eval"));

        var broken = cases.Where(c => c.Predictions != c.RawPredictions).ToArray();
        Assert.NotEmpty(broken);
        Assert.All(broken, c => Assert.Contains(", line 1 is not JSON", Assert.Throws<TrainerException>(() => ScoreReport.Of(ScoreTask.Highlight, c.RawPredictions, c.Truth)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Answers_spans_and_windows_are_all_predictions()
    {
        var report = Score(ScoreTask.Moment,
            ["""{ "id": "a", "answer": "<answer>2.0 to 4.0</answer>" }""", """{ "id": "b", "span": [0, 10] }""", """{ "qid": 3, "pred_relevant_windows": [[5, 6, 0.9]] }"""],
            ["""{ "id": "a", "span": [2, 4] }""", """{ "id": "b", "relevant_windows": [[0, 4], [0, 6]] }""", """{ "qid": 3, "span": [5, 6] }"""]);

        Assert.Equal(100, Number(report.Metrics["R1@0.5"]));
        Assert.Equal(200 / 3.0, Number(report.Metrics["R1@0.7"]), 1e-9);
        Assert.Equal(100 * 2.6 / 3, Number(report.Metrics["mIoU"]), 1e-9);
    }

    [Fact]
    public void A_span_of_the_video_counts_and_not_the_answer_beside_it_which_is_of_a_window()
    {
        var report = Score(ScoreTask.Moment,
            ["""{ "id": "a", "answer": "2 to 4", "span": [102, 104] }""", """{ "id": "b", "answer": "2 to 4", "span": null }"""],
            ["""{ "id": "a", "span": [102, 104] }""", """{ "id": "b", "span": [2, 4] }"""]);

        Assert.Equal(50, Number(report.Metrics["R1@0.7"]));
    }

    [Fact]
    public void Missing_and_unreadable_answers_are_misses()
    {
        var report = Score(ScoreTask.Moment,
            ["""{ "id": 1, "answer": "I cannot find it." }""", """{ "id": 2, "span": [4, 2] }""", """{ "id": 4, "span": [2, 4] }""", """{ "id": 4, "span": [0, 1] }""", """{ "id": 9, "span": [0, 1] }"""],
            ["""{ "id": 1, "span": [2, 4] }""", """{ "id": 2, "span": [2, 4] }""", """{ "id": 3, "span": [2, 4] }""", """{ "id": 4, "span": [2, 4] }""", """{ "id": 5, "span": null }"""]);

        Assert.Equal(4, Number(report.Metrics["n"]));
        Assert.Equal(25, Number(report.Metrics["R1@0.5"]));
        Assert.Equal(1, Number(report.Warnings["invalid_windows"]));
        Assert.Equal(2, Number(report.Warnings["missing_queries"]));
        Assert.Equal(1, Number(report.Warnings["duplicate_queries"]));
        Assert.Equal(1, Number(report.Warnings["extra_queries"]));
        Assert.Equal(1, Number(report.Warnings["gt_without_window"]));
    }

    [Fact]
    public void Rows_without_an_id_are_told_apart_by_video_and_query()
    {
        var report = Score(ScoreTask.Moment,
            ["""{ "video": "v.mp4", "query": "a goal", "answer": "2 to 4" }"""],
            ["""{ "video": "v.mp4", "query": "a goal", "span": [2, 4] }""", """{ "video": "w.mp4", "query": "a goal", "span": [2, 4] }"""]);

        Assert.Equal(50, Number(report.Metrics["R1@0.7"]));
    }

    [Fact]
    public void An_event_that_happens_twice_is_one_question_answered_by_either_time()
    {
        string[] annotations = ["""{ "video": "v.mp4", "query": "a goal", "span": [2, 4] }""", """{ "video": "v.mp4", "query": "a goal", "span": [12, 14] }"""];

        var report = Score(ScoreTask.Moment, ["""{ "video": "v.mp4", "query": "a goal", "answer": "12 to 14" }"""], annotations);

        Assert.Equal(1, Number(report.Metrics["n"]));
        Assert.Equal(100, Number(report.Metrics["R1@0.7"]));
        Assert.Contains("names 1 a second time", Assert.Throws<TrainerException>(() => Score(ScoreTask.Moment, ["""{ "id": 1, "span": [1, 2] }"""], ["""{ "id": 1, "span": [1, 2] }""", """{ "id": 1, "span": [3, 4] }"""])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Annotations_of_other_forms_are_scored_as_annotated()
    {
        var annotations = Write("charades_sta_test.txt", "3MSZA 24.3 30.4##person turn a light on.", "3MSZA 24.3 30.4##person flipped the light switch.");
        var predictions = Write("predictions.jsonl", """{ "id": "3MSZA_0", "answer": "<answer>24.30 to 30.40</answer>" }""");

        var report = ScoreReport.Of(ScoreTask.Moment, predictions, annotations);

        Assert.Equal(2, Number(report.Metrics["n"]));
        Assert.Equal(50, Number(report.Metrics["R1@0.7"]));
    }

    [Theory]
    [InlineData("[1]", "line 1 is not a JSON object")]
    [InlineData("""{ "span": [1, 2] }""", "line 1 has no id")]
    [InlineData("""{ "id": 1 }""", "predicts neither")]
    public void Unusable_predictions_are_refused(string prediction, string reason) => Assert.Contains(
        reason, Assert.Throws<TrainerException>(() => Score(ScoreTask.Highlight, [prediction], ["""{ "id": 1, "relevant_windows": [[1, 2]] }"""])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "id": 1, "span": ["a", 2] }""", "line 1 is not an annotation")]
    [InlineData("""{ "id": 1, "span": [2] }""", "line 1 is not an annotation")]
    [InlineData("", "holds no annotations")]
    public void Unusable_annotations_are_refused(string annotation, string reason) => Assert.Contains(
        reason, Assert.Throws<TrainerException>(() => Score(ScoreTask.Moment, ["""{ "id": 1, "span": [1, 2] }"""], [annotation])).Message, StringComparison.Ordinal);

    [Fact]
    public void Command_prints_a_table_or_json()
    {
        var predictions = Write("p.jsonl", """{ "id": 1, "span": [2, 4] }""");
        var annotations = Write("a.jsonl", """{ "id": 1, "span": [2, 4] }""", """{ "id": 2, "span": [2, 4] }""");

        string Run(params string[] more)
        {
            var output = new StringWriter();
            var exit = ScoreCommand.Create().Parse(["--task", "moment", "--predictions", predictions, "--annotations", annotations, .. more]).Invoke(new() { Output = output });
            Assert.Equal(0, exit);
            return output.ToString();
        }

        Assert.Matches(@"R1@0\.5 +50\n", Run());
        Assert.Contains("note: missing queries: 1", Run(), StringComparison.Ordinal);
        Assert.Equal(50, JsonNode.Parse(Run("--json"))!["metrics"]!["R1@0.7"]!.GetValue<double>());
    }
}
