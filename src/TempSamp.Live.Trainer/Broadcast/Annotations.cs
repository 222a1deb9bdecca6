using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TempSamp.Live.Trainer;

/// <summary>One question about one video and its answer: a line of <c>annotations.jsonl</c>.</summary>
/// <param name="Video">File name, beside the annotations.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Query">The question.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Kind">The event's name, such as "near-miss".</param>
/// <param name="Span">Start and end in seconds; null where the event does not happen.</param>
/// <param name="Saliency">0 to 4 for each 2-second clip.</param>
/// <param name="Split">"train" for a sentence that models learn from, "heldout" for one that they never see.</param>
public sealed record AnnotationRow(
    string Video, double Duration, string Query, string Language, string Kind, double[]? Span, int[] Saliency, string Split);

/// <summary>The truth about one video: NAME.json beside NAME.mp4.</summary>
public sealed record BroadcastTruth(
    string Video, string Domain, ulong Seed, double Duration, IReadOnlyList<TruthQuery> Queries, IReadOnlyList<TruthEvent> Events);

/// <summary>A question that the video's events answer, or that none does.</summary>
/// <param name="Id">The event's name, such as "near-miss".</param>
/// <param name="Text">The plainest English sentence for it.</param>
public sealed record TruthQuery(string Id, string Text);

/// <summary>An event, seconds.</summary>
public sealed record TruthEvent(string Query, double Start, double End);

/// <summary>Turns scenarios into labels. Labels come from the scenario, never from pixels.</summary>
public static class Annotations
{
    /// <summary>Seeds from here on are for evaluation and are also asked with sentences that training never uses.</summary>
    public const ulong FirstEvaluationSeed = 1_000_000_000;

    private const int AbsentRows = 3;

    /// <summary>Rows for every event in both languages, and for some events that do not happen.</summary>
    public static IEnumerable<AnnotationRow> Rows(BroadcastScenario scenario, string video)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var dice = new Dice(Dice.Hash(scenario.Seed, 0xA0));
        foreach (var e in scenario.Events)
        {
            foreach (var row in Ask(scenario, video, e.Kind, e, ref dice))
            {
                yield return row;
            }
        }

        var absent = scenario.AbsentKinds.ToList();
        for (var i = 0; i < AbsentRows && absent.Count > 0; i++)
        {
            var kind = dice.Pick(absent);
            absent.Remove(kind);
            foreach (var row in Ask(scenario, video, kind, null, ref dice))
            {
                yield return row;
            }
        }
    }

    /// <summary>The truth file of a scenario: all queries of its domain and all its events.</summary>
    public static BroadcastTruth Truth(BroadcastScenario scenario, string video)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        return new(
            video,
            scenario.Domain.ToString().ToLowerInvariant(),
            scenario.Seed,
            scenario.Seconds,
            [.. EventKinds.Of(scenario.Domain).Select(k => new TruthQuery(EventKinds.Name(k), QueryBook.All(k)[0].Text))],
            [.. scenario.Events.Select(e => new TruthEvent(EventKinds.Name(e.Kind), e.Start, e.End))]);
    }

    /// <summary>One row as a line of JSON.</summary>
    public static string ToJson(AnnotationRow row) => JsonSerializer.Serialize(row, AnnotationJson.Lines.AnnotationRow);

    /// <summary>A truth file's text.</summary>
    public static string ToJson(BroadcastTruth truth) => JsonSerializer.Serialize(truth, AnnotationJson.Pretty.BroadcastTruth);

    private static List<AnnotationRow> Ask(BroadcastScenario scenario, string video, EventKind kind, ScenarioEvent? truth, ref Dice dice)
    {
        var asked = new List<(BroadcastQuery Query, string Split)>();
        foreach (var language in new[] { "en", "zh" })
        {
            asked.Add((dice.Pick([.. QueryBook.Train(kind).Where(q => q.Language == language)]), "train"));
            if (scenario.Seed >= FirstEvaluationSeed)
            {
                asked.Add((QueryBook.HeldOut(kind).Single(q => q.Language == language), "heldout"));
            }
        }

        double[]? span = truth is { } e ? [e.Start, e.End] : null;
        var saliency = SaliencyCurve.Of(truth, scenario.Seconds);
        return [.. asked.Select(a => new AnnotationRow(
            video, scenario.Seconds, a.Query.Text, a.Query.Language, EventKinds.Name(kind), span, saliency, a.Split))];
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnnotationRow))]
[JsonSerializable(typeof(BroadcastTruth))]
internal sealed partial class AnnotationJson : JsonSerializerContext
{
    public static readonly AnnotationJson Lines = new(Plain(indented: false));
    public static readonly AnnotationJson Pretty = new(Plain(indented: true));

    // Chinese stays readable.
    private static JsonSerializerOptions Plain(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    };
}
