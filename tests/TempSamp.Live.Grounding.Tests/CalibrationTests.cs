using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding.Tests;

public sealed class CalibrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("calibration").FullName;

    [Fact]
    public void A_curve_joins_its_knots_and_is_flat_outside()
    {
        var curve = new CalibrationCurve([-2, 0, 4], [0.1, 0.5, 0.9]);
        Assert.Equal([0.1, 0.1, 0.3, 0.5, 0.7, 0.9, 0.9], new[] { -9.0, -2, -1, 0, 2, 4, 9 }.Select(x => Math.Round(curve[x], 9)));
    }

    [Fact]
    public void Steps_that_fall_are_pooled()
    {
        var curve = CalibrationCurve.Fit([(1, 0), (2, 1), (3, 0), (4, 1), (5, 1)], portion: 1);
        Assert.Equal([1, 2.5, 4.5], curve.From);
        Assert.Equal([0, 0.5, 1], curve.To);
    }

    [Fact]
    public void An_overconfident_score_becomes_the_share_that_is_true()
    {
        var random = new Random(3);
        var samples = Enumerable.Range(0, 20_000).Select(_ =>
        {
            var truth = random.NextDouble();                                    // the score triples the log-odds
            return (Value: 3 * ModelCalibration.LogOdds(truth), Truth: random.NextDouble() < truth ? 1.0 : 0.0);
        }).ToArray();
        var curve = CalibrationCurve.Fit(samples, 200);
        foreach (var truth in new[] { 0.1, 0.3, 0.5, 0.8, 0.95 }) Assert.Equal(truth, curve[3 * ModelCalibration.LogOdds(truth)], 0.05);
    }

    [Fact]
    public void Samples_of_one_truth_make_no_curve() => Assert.Throws<ArgumentException>(() => CalibrationCurve.Fit([(1, 1), (2, 1), (3, 1)], 1));

    [Fact]
    public void What_is_saved_is_loaded_and_acts_on_the_log_odds()
    {
        var saved = new ModelCalibration("abc", new([-4, 4], [0.02, 0.9]), new([0, 1], [0.1, 0.8]), "on a few windows");
        saved.Save(_folder);
        var loaded = ModelCalibration.Load(_folder)!;
        Assert.Equal(saved.Presence.To, loaded.Presence.To);
        Assert.Equal(("abc", "on a few windows"), (loaded.Model, loaded.Fitted));
        Assert.Equal(0.46, loaded.OfPresence(0.5), 1e-9);
        Assert.Equal((0.02, 0.9), (loaded.OfPresence(0), loaded.OfPresence(1)));
    }

    [Theory]
    [InlineData("not json", "is not a calibration")]
    [InlineData("{}", "no rising curves")]
    [InlineData("""{"model":"a","presence":{"from":[1,2],"to":[0.9,0.1]},"confidence":{"from":[0,1],"to":[0,1]},"fitted":""}""", "no rising curves")]
    [InlineData("""{"model":"a","presence":{"from":[1,2],"to":[0.1,7]},"confidence":{"from":[0,1],"to":[0,1]},"fitted":""}""", "no rising curves")]
    [InlineData("""{"model":"a","presence":{"from":[1],"to":[0.1]},"confidence":{"from":[0,1],"to":[0,1]},"fitted":""}""", "no rising curves")]
    public void A_damaged_calibration_is_an_error(string json, string reason)
    {
        File.WriteAllText(Path.Combine(_folder, ModelCalibration.FileName), json);
        Assert.Contains(reason, Assert.Throws<ModelException>(() => ModelCalibration.Load(_folder)).Message);
    }

    [Fact]
    public void A_folder_without_a_calibration_has_none() => Assert.Null(ModelCalibration.Load(_folder));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
