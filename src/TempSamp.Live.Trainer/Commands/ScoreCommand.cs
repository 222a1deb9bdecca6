using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train score</c>: how good predictions are.</summary>
public static class ScoreCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var task = new Option<ScoreTask>("--task") { Description = "moment: R1 and mean overlap of one span a question; highlight: QVHighlights' retrieval and saliency.", Required = true };
        var predictions = new Option<FileInfo>("--predictions") { Description = "JSON lines: id or qid with answer, span, or pred_relevant_windows and pred_saliency_scores.", Required = true };
        var annotations = new Option<FileInfo>("--annotations") { Description = "JSON lines: id or qid with span or relevant_windows; relevant_clip_ids and saliency_scores for highlights.", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
        var command = new Command("score", "Scores predictions against annotations. Unanswered questions count as misses.") { task, predictions, annotations, json };
        command.SetAction(parse =>
        {
            var report = ScoreReport.Of(parse.GetValue(task), parse.GetValue(predictions)!.FullName, parse.GetValue(annotations)!.FullName);
            Print(report, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return 0;
        });
        return command;
    }

    private static void Print(ScoreReport report, bool json, TextWriter to)
    {
        if (json)
        {
            to.WriteLine(new JsonObject { ["metrics"] = report.Metrics, ["warnings"] = report.Warnings }.ToJsonString(Indented));
            return;
        }
        foreach (var (name, value) in Leaves("", report.Metrics))
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24} {value,8:0.##}"));
        foreach (var (name, value) in Leaves("", report.Warnings).Where(w => w.Value > 0))
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"note: {name.Replace('_', ' ')}: {value}"));
    }

    private static IEnumerable<(string Name, double Value)> Leaves(string path, JsonNode? tree) => tree switch
    {
        JsonObject branch => branch.SelectMany(field => Leaves($"{path} {field.Key}", field.Value)),
        null => [],
        _ => [(path.TrimStart(), JsonSerializer.SerializeToElement(tree).GetDouble())],
    };
}
