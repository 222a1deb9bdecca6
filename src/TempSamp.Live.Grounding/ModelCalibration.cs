using System.Text.Json;
using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>What a model's numbers are worth, measured on labelled video: <c>calibration.json</c> beside its weights.</summary>
/// <param name="Model">Digest of the weights that it was measured on; for other weights it is not used, which the log says.</param>
/// <param name="Presence">From the log-odds of yes against no to the probability that the event happens.</param>
/// <param name="Confidence">From a span's expected IoU to the IoU that such spans had.</param>
/// <param name="Fitted">What it was fitted on, for people.</param>
public sealed record ModelCalibration(string Model, CalibrationCurve Presence, CalibrationCurve Confidence, string Fitted)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "calibration.json";

    // Where a probability has rounded to 0 or 1.
    private const double Furthest = 30;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>A presence as the model gave it, calibrated.</summary>
    public double OfPresence(double raw) => Presence[LogOdds(raw)];

    /// <summary>Log-odds of a probability.</summary>
    public static double LogOdds(double probability) => Math.Clamp(Math.Log(probability / (1 - probability)), -Furthest, Furthest);

    /// <summary>Reads a model folder's calibration, whichever weights it was measured on; null where there is none.</summary>
    /// <exception cref="ModelException">The file is damaged.</exception>
    public static ModelCalibration? Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) return null;
        ModelCalibration? read;
        try
        {
            read = JsonSerializer.Deserialize<ModelCalibration>(File.ReadAllBytes(path), Indented);
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} is not a calibration ({e.Message}). Make it anew with tempsamp-train calibrate, or delete it.", e);
        }
        if (read is not { Presence: { } presence, Confidence: { } confidence } || !IsCurve(presence) || !IsCurve(confidence))
            throw new ModelException($"{path} holds no rising curves of presence and confidence. Make it anew with tempsamp-train calibrate, or delete it.");
        return read;
    }

    /// <summary>Writes it into a model folder.</summary>
    public void Save(string directory) => File.WriteAllText(Path.Combine(directory, FileName), JsonSerializer.Serialize(this, Indented) + "\n");

    private static bool IsCurve(CalibrationCurve curve) =>
        curve is { From.Count: >= 2 } && curve.To?.Count == curve.From.Count && curve.From.Zip(curve.From.Skip(1)).All(p => p.First < p.Second)
        && curve.To.Zip(curve.To.Skip(1)).All(p => p.First <= p.Second) && curve.To is [>= 0, .., <= 1];
}
