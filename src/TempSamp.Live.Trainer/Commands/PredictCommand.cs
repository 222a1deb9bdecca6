using System.CommandLine;
using System.Text.Json;
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
        var data = new Option<FileInfo>("--data") { Description = "annotations.jsonl with its videos beside it.", Required = true };
        var output = new Option<FileInfo>("--out") { Description = "Predictions as JSON lines: video, query, answer, span, presence, confidence. For tempsamp-train score.", Required = true };
        var thinking = new Option<bool>("--cot") { Description = "Let the model reason before it answers." };
        var command = new Command("predict", "Answers the questions of an annotation file.") { model, data, output, thinking };
        command.SetAction((parse, cancel) => RunAsync(
            parse.GetValue(model)!, parse.GetValue(data)!.FullName, parse.GetValue(output)!.FullName, parse.GetValue(thinking), TimeProvider.System, cancel));
        return command;
    }

    private static async Task<int> RunAsync(string model, string data, string output, bool thinking, TimeProvider time, CancellationToken cancel)
    {
        var videos = AnnotatedVideos.Read(data, Console.Error.WriteLine).GroupBy(r => r.Video).ToList();
        if (videos.Count == 0) throw new TrainerException($"{data} has no usable row: there is nothing to answer.");
        using var grounding = GroundingModel.Load(new GroundingOptions { ModelDirectory = model });
        using var gpu = new GpuThread();
        var grounder = new OfflineGrounder(grounding, gpu, NullLogger<OfflineGrounder>.Instance);
        var folder = Path.GetDirectoryName(Path.GetFullPath(data))!;

        await using var lines = new StreamWriter(output);
        var shown = time.GetTimestamp();
        for (var i = 0; i < videos.Count; i++)
        {
            if (time.GetElapsedTime(shown) >= s_reportEvery)
            {
                shown = time.GetTimestamp();
                Console.Error.WriteLine($"answered {i} of {videos.Count} videos");
            }
            var queries = videos[i].Select(r => r.Query).Distinct().ToList();
            var frames = FrameReader.ReadFrames(Path.Combine(folder, videos[i].Key), grounding.Size.Width, grounding.Size.Height, cancel).ToAsyncEnumerable();
            foreach (var verdict in await grounder.GroundAsync(frames, queries, thinking, cancel))
                await lines.WriteLineAsync(Row(videos[i].Key, queries[int.Parse(verdict.QueryId, System.Globalization.CultureInfo.InvariantCulture)], verdict));
        }
        return 0;
    }

    private static string Row(string video, string query, WindowVerdict verdict) => JsonSerializer.Serialize(new
    {
        video,
        query,
        answer = verdict.Answer,
        span = verdict.Span is { } span ? new[] { span.Start.Seconds, span.End.Seconds } : null,
        presence = verdict.Presence,
        confidence = verdict.Confidence,
    });
}
