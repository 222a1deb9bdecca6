using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class MultimodalPositionsTests
{
    [Fact]
    public void Reference_positions_are_counted()
    {
        var cases = GoldenManifest.Cases("positions");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));

        Assert.NotEmpty(cases);
        Assert.All(cases, c =>
        {
            var positions = new MultimodalPositions(QwenConfig.Load(c.ModelFolder));
            Assert.All(c.Rows, row => AssertSame(positions, row));
        });
    }

    private static void AssertSame(MultimodalPositions positions, JsonElement row)
    {
        var ids = Matrix(row.GetProperty("input_ids"))!;
        var mask = Matrix(row.GetProperty("attention_mask"));

        var counted = positions.Of(ids, mask, Grids(row.GetProperty("image_grid_thw")), Grids(row.GetProperty("video_grid_thw")),
            row.GetProperty("second_per_grid_ts") is { ValueKind: JsonValueKind.Array } seconds ? [.. seconds.EnumerateArray().Select(s => s.GetSingle())] : null);

        Assert.Equal(row.GetProperty("rope_deltas").EnumerateArray().Select(d => d[0].GetInt64()), counted.Deltas);
        var (axis, place) = (row.GetProperty("position_ids"), 0);
        for (var a = 0; a < 3; a++)
            for (var b = 0; b < ids.Length; b++)
                for (var s = 0; s < ids[b].Length; s++, place++)
                    if (mask is null || mask[b][s] != 0)
                        Assert.True(axis[a][b][s].GetInt64() == counted.Ids[place], $"{row.GetProperty("label")}: axis {a} row {b} token {s} is {counted.Ids[place]}, expected {axis[a][b][s]}");
    }

    [Fact]
    public void Reference_time_steps_are_counted_in_single_precision()
    {
        var cases = GoldenManifest.Cases("temporal_index");
        if (cases is null) Assert.Skip(SharedData.Missing("golden"));
        var config = QwenConfig.Load(GoldenManifest.ModelFolder(GoldenManifest.Models[0]));

        Assert.NotEmpty(cases);
        Assert.All(cases.SelectMany(c => c.Rows), row =>
        {
            var positions = new MultimodalPositions(config with { Vision = config.Vision with { TokensPerSecond = row.GetProperty("tokens_per_second").GetDouble() } });
            var seconds = row.GetProperty("second_per_grid_t").GetSingle();
            Assert.Equal(row.GetProperty("t_index").EnumerateArray().Select(t => t.GetInt32()), Enumerable.Range(0, row.GetProperty("grid_t").GetInt32()).Select(t => positions.Temporal(t, seconds)));
        });
    }

    [Fact]
    public void Grids_that_do_not_match_the_text_are_refused()
    {
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        var config = QwenConfig.Load(GoldenManifest.ModelFolder(GoldenManifest.Models[0]));
        var (positions, pad) = (new MultimodalPositions(config), config.VideoTokenId);

        Assert.Contains("fewer placeholders", Assert.Throws<ModelException>(() => positions.Of([[1, pad, 2]], null, [], [new(1, 4, 4)])).Message, StringComparison.Ordinal);
        Assert.Contains("more videos", Assert.Throws<ModelException>(() => positions.Of([[1, pad, 2]], null, [], [])).Message, StringComparison.Ordinal);
        Assert.Contains("shows 0 images and 0 videos", Assert.Throws<ModelException>(() => positions.Of([[1, 2]], null, [], [new(1, 2, 2)])).Message, StringComparison.Ordinal);
    }

    private static int[][]? Matrix(JsonElement rows) =>
        rows.ValueKind == JsonValueKind.Null ? null : [.. rows.EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetInt32()).ToArray())];

    private static PatchGrid[] Grids(JsonElement rows) =>
        rows.ValueKind == JsonValueKind.Null ? [] : [.. rows.EnumerateArray().Select(g => new PatchGrid(g[0].GetInt32(), g[1].GetInt32(), g[2].GetInt32()))];
}
