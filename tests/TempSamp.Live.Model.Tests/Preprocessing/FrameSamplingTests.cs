using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class FrameSamplingTests
{
    [Fact]
    public void Reference_counts_are_chosen() => ForEach("smart_nframes", row =>
    {
        var (total, fps) = Video(row);
        if (row.TryGetProperty("error", out _)) Assert.Throws<ModelException>(() => Sampling(row.GetProperty("ele")).Count(total, fps));
        else Assert.Equal(row.GetProperty("nframes").GetInt32(), Sampling(row.GetProperty("ele")).Count(total, fps));
    });

    [Fact]
    public void Reference_frames_are_chosen() => ForEach("frame_indices", row =>
    {
        var (total, fps) = Video(row);
        var sampling = Sampling(row.GetProperty("ele"));
        if (row.TryGetProperty("error", out _))
        {
            Assert.Throws<ModelException>(() => sampling.Choose(total, fps));
            return;
        }
        var chosen = sampling.Choose(total, fps);
        Assert.Equal(Indices(row), chosen.Indices);
        Assert.Equal(row.GetProperty("sample_fps").GetDouble(), chosen.Fps, 1e-12);
        Assert.Equal(row.GetProperty("second_per_grid_t_f32").GetSingle(), chosen.SecondsPerGrid);
    });

    [Fact]
    public void Reference_steps_are_chosen() => ForEach("hf_sample_frames", row =>
    {
        var (total, fps) = Video(row);
        var sampling = row.TryGetProperty("num_frames", out var frames) ? new FrameSampling { Frames = frames.GetInt32() } : new FrameSampling { Fps = row.GetProperty("fps").GetDouble() };
        Assert.Equal(Indices(row), sampling.ChooseByStep(total, fps));
    });

    [Fact]
    public void Part_without_two_frames_is_refused()
    {
        var error = Assert.Throws<ModelException>(() => new FrameSampling { Start = 9, End = 3 }.Choose(300, 30));
        Assert.Contains("from 9 s to 3 s", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads sampling options as the reference spells them.</summary>
    internal static FrameSampling Sampling(JsonElement options) => new()
    {
        Frames = options.TryGetProperty("nframes", out var frames) ? frames.GetInt32() : null,
        Fps = options.TryGetProperty("fps", out var fps) ? fps.GetDouble() : 2,
        MinFrames = options.TryGetProperty("min_frames", out var least) ? least.GetInt32() : 4,
        MaxFrames = options.TryGetProperty("max_frames", out var most) ? most.GetInt32() : null,
        Start = options.TryGetProperty("video_start", out var start) ? start.GetDouble() : null,
        End = options.TryGetProperty("video_end", out var end) ? end.GetDouble() : null,
    };

    private static (int Total, double Fps) Video(JsonElement row) => (row.GetProperty("total_frames").GetInt32(), row.GetProperty("video_fps").GetDouble());

    private static int[] Indices(JsonElement row) => [.. row.GetProperty("indices").EnumerateArray().Select(i => i.GetInt32())];

    private static void ForEach(string kind, Action<JsonElement> check)
    {
        if (GoldenManifest.Cases(kind) is not { } cases)
        {
            Assert.Skip(SharedData.Missing("golden"));
            return;
        }
        var rows = cases.SelectMany(c => c.Rows).ToArray();
        Assert.NotEmpty(rows);
        Assert.All(rows, check);
    }
}
