using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using TempSamp.Live.Core;
using TempSamp.Live.Grounding;
using TempSamp.Live.Media;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train predict</c>: asks the annotations' questions with the engine that serves, and writes the answers.</summary>
public static class PredictCommand
{
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(2);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The model's folder.", Required = true };
        var data = new Option<string>("--data") { Description = "An annotation file of any kind that training reads.", Required = true };
        var videos = new Option<string?>("--videos") { Description = "Folder of the videos; that of the annotation file when left out." };
        var output = new Option<FileInfo>("--out") { Description = "Predictions as JSON lines: video, query, answer, span, presence, confidence, and the row's id where it has one. For tempsamp-train score.", Required = true };
        var thinking = new Option<bool>("--cot") { Description = "Let the model reason before it answers." };
        var batch = new Option<int>("--batch") { Description = "Videos that are decoded and answered side by side; the questions of a video are asked together always.", DefaultValueFactory = _ => 4 };
        var task = new Option<ScoreTask>("--task") { Description = "moment: the span of each sentence; highlight: times and saliency in the paper's words, for models with its prompts.", DefaultValueFactory = _ => ScoreTask.Moment };
        batch.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--batch is at least 1."); });
        var command = new Command("predict", "Answers the questions of an annotation file.") { model, data, videos, output, thinking, batch, task };
        command.SetAction((parse, cancel) => RunAsync(
            new(parse.GetValue(model)!, DatasetFile.Parse(parse.GetValue(data)!, parse.GetValue(videos)), parse.GetValue(output)!.FullName, parse.GetValue(thinking), parse.GetValue(batch), parse.GetValue(task)),
            TimeProvider.System, cancel));
        return command;
    }

    private sealed record Run(string Model, DatasetFile Data, string Output, bool Thinking, int Batch, ScoreTask Task);

    private static async Task<int> RunAsync(Run run, TimeProvider time, CancellationToken cancel)
    {
        var problems = new DatasetProblems(Console.Error.WriteLine);
        var videos = DatasetReader.Read(run.Data, problems).GroupBy(r => r.VideoPath!).ToList();
        if (videos.Count == 0) throw new TrainerException($"{run.Data.Path} has no usable row: there is nothing to answer.");
        await using var lines = new StreamWriter(run.Output);
        if (run.Task == ScoreTask.Highlight) await Highlights(run, videos, lines, problems, cancel);
        else await Moments(run, videos, lines, problems, time, cancel);
        problems.Summarise();
        return 0;
    }

    private static async Task Highlights(Run run, IReadOnlyList<IGrouping<string, DatasetRow>> videos, StreamWriter lines, DatasetProblems problems, CancellationToken cancel)
    {
        using var predictor = new HighlightPredictor(run.Model, run.Thinking, problems);
        foreach (var video in videos)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                foreach (var line in predictor.Answer([.. video])) await lines.WriteLineAsync(line.ToJsonString(s_plain));
            }
            catch (StreamException)
            {
                continue; // reported; its questions have no answer and score as misses
            }
        }
    }

    private static async Task Moments(Run run, IReadOnlyList<IGrouping<string, DatasetRow>> videos, StreamWriter lines, DatasetProblems problems, TimeProvider time, CancellationToken cancel)
    {
        using var grounding = GroundingModel.Load(new GroundingOptions { ModelDirectory = run.Model });
        using var gpu = new GpuThread();
        var grounder = new OfflineGrounder(grounding, gpu, NullLogger<OfflineGrounder>.Instance);
        var (shown, done) = (time.GetTimestamp(), 0);
        foreach (var several in videos.Chunk(run.Batch))
        {
            if (time.GetElapsedTime(shown) >= s_reportEvery)
            {
                shown = time.GetTimestamp();
                Console.Error.WriteLine($"answered {done} of {videos.Count} videos");
            }
            foreach (var rows in await Task.WhenAll(several.Select(video => Task.Run(() => AnswerAsync(grounder, [.. video], run.Thinking, problems, cancel), cancel))))
                foreach (var row in rows) await lines.WriteLineAsync(row);
            done += several.Length;
        }
    }

    private static async Task<IReadOnlyList<string>> AnswerAsync(OfflineGrounder grounder, IReadOnlyList<DatasetRow> rows, bool thinking, DatasetProblems problems, CancellationToken cancel)
    {
        var queries = rows.Select(r => r.Query).Distinct().ToList();
        try
        {
            var frames = FrameReader.ReadFrames(rows[0].VideoPath!, grounder.Size.Width, grounder.Size.Height, cancel).ToAsyncEnumerable();
            var verdicts = (await grounder.GroundAsync(frames, queries, thinking, cancel)).ToDictionary(v => queries[int.Parse(v.QueryId, System.Globalization.CultureInfo.InvariantCulture)]);
            return [.. rows.Where(r => verdicts.ContainsKey(r.Query)).DistinctBy(r => r.Id ?? r.Query).Select(r => Line(r, verdicts[r.Query]))];
        }
        catch (StreamException e)
        {
            problems.Add(rows[0].VideoPath!, 0, DatasetFault.Video, $"it cannot be decoded ({e.Message}), so its {rows.Count} questions have no answer and score as misses");
            return [];
        }
    }

    private static string Line(DatasetRow row, WindowVerdict verdict)
    {
        var line = new JsonObject
        {
            ["video"] = row.Video,
            ["query"] = row.Query,
            ["answer"] = verdict.Answer,
            ["span"] = verdict.Span is { } span ? new JsonArray(span.Start.Seconds, span.End.Seconds) : null,
            ["presence"] = verdict.Presence,
            ["confidence"] = verdict.Confidence,
        };
        if (row.Id is not null) line.Insert(0, "id", row.Id);
        return line.ToJsonString(s_plain);
    }

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
