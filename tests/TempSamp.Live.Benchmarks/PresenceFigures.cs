using System.Globalization;
using TempSamp.Live.Testing;
using TempSamp.Live.Trainer;

namespace TempSamp.Live.Benchmarks;

/// <summary>What presence, posterior and calibration are worth.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Windows">Windows and queries judged.</param>
/// <param name="Absent">Of these, without the event.</param>
/// <param name="PresenceAuroc">Of presence as served, for the event being in the window.</param>
/// <param name="RawPresenceAuroc">The same before calibration.</param>
/// <param name="TokenAuroc">The same of the geometric mean of the answer's token probabilities.</param>
/// <param name="PresenceError">Expected calibration error of presence as served.</param>
/// <param name="RawPresenceError">The same before calibration.</param>
/// <param name="FoundAuroc">Of presence times confidence, for the event being there and the span having an IoU of 0.5 or more.</param>
/// <param name="TokenFoundAuroc">The same of the token probabilities and the literal span.</param>
/// <param name="MeanIoU">Of the posterior's span, where the event is there.</param>
/// <param name="LiteralMeanIoU">Of the span as the model spelt it.</param>
/// <param name="MeanConfidence">Mean confidence where the event is there; calibrated it is the mean IoU.</param>
/// <param name="Cost">CPU time of it.</param>
public sealed record PresenceFigures(
    MachineFacts Machine, int Windows, int Absent, double PresenceAuroc, double RawPresenceAuroc, double TokenAuroc, double PresenceError, double RawPresenceError,
    double FoundAuroc, double TokenFoundAuroc, double MeanIoU, double LiteralMeanIoU, double MeanConfidence, PresenceCost Cost)
{
    /// <summary>Computes them.</summary>
    public static PresenceFigures Of(IReadOnlyList<LabelledWindow> windows, PresenceCost cost)
    {
        var present = windows.Where(w => w.IsPresent).ToArray();
        return new(
            MachineFacts.Read(), windows.Count, windows.Count - present.Length,
            Auroc(w => w.Verdict.Presence, w => w.IsPresent), Auroc(Raw, w => w.IsPresent), Auroc(w => w.Verdict.TokenConfidence, w => w.IsPresent),
            Reliability.CalibrationError([.. windows.Select(w => (w.Verdict.Presence, w.IsPresent))]), Reliability.CalibrationError([.. windows.Select(w => (Raw(w), w.IsPresent))]),
            Auroc(w => w.Verdict.Presence * w.Verdict.Confidence, w => w.IoU >= 0.5), Auroc(w => w.Verdict.TokenConfidence, w => w.LiteralIoU >= 0.5),
            Mean(w => w.IoU), Mean(w => w.LiteralIoU), Mean(w => w.Verdict.Confidence), cost);

        double Auroc(Func<LabelledWindow, double> score, Func<LabelledWindow, bool> truth) => Reliability.Auroc(windows.Select(w => (score(w), truth(w))));
        double Mean(Func<LabelledWindow, double> value) => Figures.Mean([.. present.Select(value)]);
        double Raw(LabelledWindow window) => window.Verdict.RawPresence ?? window.Verdict.Presence;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"""
        {Machine}
        {Windows} windows and queries of held-out broadcasts, {100.0 * Absent / Windows:0} % without the event
        presence: AUROC {PresenceAuroc:0.000} (before calibration {RawPresenceAuroc:0.000}), token probability {TokenAuroc:0.000}, better by {PresenceAuroc - TokenAuroc:0.000}
        presence: expected calibration error {PresenceError:0.000} (before calibration {RawPresenceError:0.000})
        present and IoU >= 0.5: AUROC {FoundAuroc:0.000} of presence x confidence, token probability {TokenFoundAuroc:0.000}
        where the event is there: mean IoU {MeanIoU:0.000} of the posterior's span, {LiteralMeanIoU:0.000} of the literal one, mean confidence {MeanConfidence:0.000}
        {Cost}
        """);
}
