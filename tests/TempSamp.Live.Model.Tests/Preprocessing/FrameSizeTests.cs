using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class FrameSizeTests
{
    [Fact]
    public void Reference_sizes_are_chosen()
    {
        var cases = GoldenManifest.Cases("smart_resize");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        Assert.NotEmpty(cases);
        Assert.All(cases.SelectMany(c => c.Rows), row =>
        {
            var size = new FrameSize(row.GetProperty("h").GetInt32(), row.GetProperty("w").GetInt32());
            var (factor, least, most) = (row.GetProperty("factor").GetInt32(), row.GetProperty("min_pixels").GetDouble(), row.GetProperty("max_pixels").GetDouble());
            FrameSize Fit() => row.GetProperty("impl").GetString() == "hf" ? size.Fit(factor, least, most) : size.FitLoaded(factor, least, most);

            if (row.TryGetProperty("error", out _)) Assert.Throws<ModelException>(() => Fit());
            else Assert.Equal(Size(row.GetProperty("out")), Fit());
        });
    }

    [Fact]
    public void Reference_sizes_under_a_budget_are_chosen()
    {
        var cases = GoldenManifest.Cases("video_resize");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        Assert.NotEmpty(cases);
        Assert.All(cases.SelectMany(c => c.Rows), row => Assert.Equal(
            Size(row.GetProperty("out")),
            Budget(row).Fit(new(row.GetProperty("h").GetInt32(), row.GetProperty("w").GetInt32()), row.GetProperty("nframes").GetInt32())));
    }

    [Fact]
    public void Ribbons_are_refused_with_their_size()
    {
        var error = Assert.Throws<ModelException>(() => new FrameSize(1, 201).Fit(28, 3136, 1e6));
        Assert.Contains("201x1", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads a budget as the reference spells it.</summary>
    internal static VideoBudget Budget(JsonElement options)
    {
        var budget = new VideoBudget();
        if (options.TryGetProperty("min_pixels", out var least)) budget = budget with { MinPixels = least.GetInt32() };
        if (options.TryGetProperty("max_pixels", out var most)) budget = budget with { MaxPixels = most.GetInt32() };
        if (options.TryGetProperty("total_pixels", out var total)) budget = budget with { TotalPixels = total.GetDouble() };
        if (options.TryGetProperty("resized_height", out var height)) budget = budget with { Wanted = new(height.GetInt32(), options.GetProperty("resized_width").GetInt32()) };
        return budget;
    }

    private static FrameSize Size(JsonElement pair) => new(pair[0].GetInt32(), pair[1].GetInt32());
}
