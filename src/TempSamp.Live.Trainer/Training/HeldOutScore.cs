using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>How well windows are answered.</summary>
/// <param name="Spans">Span questions asked.</param>
/// <param name="R1At3">Share answered with IoU >= 0.3.</param>
/// <param name="R1At5">Share answered with IoU >= 0.5.</param>
/// <param name="R1At7">Share answered with IoU >= 0.7.</param>
/// <param name="MeanIoU">Mean IoU.</param>
/// <param name="Presences">Presence questions asked.</param>
/// <param name="PresenceAuroc">Area under the curve of the yes/no log-odds.</param>
public sealed record WindowScores(int Spans, double R1At3, double R1At5, double R1At7, double MeanIoU, int Presences, double PresenceAuroc)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"R1@0.3 {R1At3:P1} R1@0.5 {R1At5:P1} R1@0.7 {R1At7:P1} mIoU {MeanIoU:0.000} ({Spans} spans){(Presences > 0 ? $", presence AUROC {PresenceAuroc:0.000} ({Presences})" : "")}";
}

/// <summary>Scores a model on windows of a bank by greedy decoding of the forced answer template, digit by digit.</summary>
public sealed class HeldOutScore(QwenModel model, ChatTokenizer tokenizer, QuestionPacker packer, FeatureBank bank)
{
    /// <summary>The answers whose digits it knows: tens, units and tenths.</summary>
    public static readonly AnswerFormat Form = AnswerFormat.Of(PromptStyle.Short);

    private const int WindowsAtOnce = 8;
    private readonly long[] _digits = [.. Enumerable.Range(0, 10).Select(d => (long)tokenizer.Encode(d.ToString(System.Globalization.CultureInfo.InvariantCulture))[0])];

    /// <summary>Asks <paramref name="windows"/> windows of <paramref name="pairs"/> seconds, drawn with <paramref name="seed"/>.</summary>
    public WindowScores Measure(int windows, int pairs, int seed)
    {
        using var quiet = no_grad();
        var random = new Random(seed);
        var ious = new List<double>();
        var odds = new List<(double Odds, bool Present)>();
        for (var done = 0; done < windows; done += WindowsAtOnce)
        {
            var rows = new List<IReadOnlyList<Question>>();
            var features = new List<Tensor>();
            while (rows.Count < WindowsAtOnce)
            {
                var window = WindowDraw.Next(bank, pairs, spans: 3, presences: 4, random);
                rows.Add(window.Questions);
                features.Add(bank.Window(window.Clip, window.From, pairs, packer.TokensPerPair));
            }
            Answer(rows, features, pairs, ious, odds);
        }
        return new(ious.Count, Share(0.3), Share(0.5), Share(0.7), ious.Average(), odds.Count, Reliability.Auroc(odds));

        double Share(double threshold) => ious.Count(iou => iou >= threshold) / (double)ious.Count;
    }

    private void Answer(List<IReadOnlyList<Question>> rows, List<Tensor> features, int pairs, List<double> ious, List<(double, bool)> odds)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        using var batch = packer.Pack(rows, pairs);
        var video = stack(features);
        var spans = batch.Tokens.Where(t => t.Role == TokenRole.Digit).GroupBy(t => (t.Row, t.Question)).Select(g => g.OrderBy(t => t.Decision).ToArray()).ToArray();
        foreach (var token in spans.SelectMany(s => s)) batch.InputIds[token.Row, token.Position + 1] = _digits[0];

        var chosen = new int[spans.Length, 6];
        for (var decision = 0; decision < 6; decision++)
        {
            var asked = spans.Select(s => s[decision]).ToArray();
            var hidden = PackedForward.Run(model, batch, video);
            if (decision == 0) AddOdds(hidden, batch, odds);
            var best = PackedForward.Logits(model, hidden, asked).cpu().index_select(1, tensor(_digits)).argmax(1).data<long>().ToArray();
            for (var i = 0; i < asked.Length; i++)
            {
                chosen[i, decision] = (int)best[i];
                batch.InputIds[asked[i].Row, asked[i].Position + 1] = _digits[best[i]];
            }
        }
        for (var i = 0; i < spans.Length; i++)
        {
            var truth = rows[spans[i][0].Row][spans[i][0].Question].Span!.Value;
            ious.Add(new AnswerSpan(Value(i, 0), Value(i, 3)).IoU(truth));
        }

        double Value(int i, int from) => 10 * chosen[i, from] + chosen[i, from + 1] + chosen[i, from + 2] / 10.0;
    }

    private void AddOdds(Tensor hidden, PackedBatch batch, List<(double, bool)> odds)
    {
        var asked = batch.Tokens.Where(t => t.Role == TokenRole.Presence).ToArray();
        var logits = PackedForward.Logits(model, hidden, asked).cpu();
        var (yes, no) = packer.PresenceIds;
        var difference = (logits.select(1, yes) - logits.select(1, no)).data<float>().ToArray();
        for (var i = 0; i < asked.Length; i++) odds.Add((difference[i], batch.Questions[asked[i].Row][asked[i].Question].Span is not null));
    }
}
