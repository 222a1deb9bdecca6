using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public sealed class FeatureBankTests(GroupFixture fixture) : IClassFixture<GroupFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("features").FullName;
    private readonly ClipPatches _cutter = new(new FrameProcessor(PreprocessorConfig.Default), new FrameSize(MiniModel.FrameHeight, MiniModel.FrameWidth), 14);
    private int _painted;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private FeatureCache Cache(long bound = 1 << 30) => new(_folder, bound, TimeProvider.System);

    private TrainingClip Clip(int number, int pairs = 2) => new(pairs, [], slot =>
    {
        Interlocked.Increment(ref _painted);
        var frame = new byte[MiniModel.FrameHeight * MiniModel.FrameWidth * 3];
        Array.Fill(frame, (byte)(50 * number + slot));
        return frame;
    }) { Identity = () => $"clip {number}" };

    private FeatureBank Encode(FeatureCache? cache, int count = 2, VisionTower? tower = null, bool learning = false) =>
        FeatureBank.Encode(tower ?? fixture.Model.Vision, n => Clip(n), count, _cutter, 1, _ => { }, default, cache, learning);

    [Fact]
    public void Features_come_from_the_disk_the_second_time_without_a_look_at_the_video()
    {
        using var first = Encode(Cache());
        _painted = 0;
        var cache = Cache();

        using var second = Encode(cache);

        Assert.Equal((0, 2), (_painted, cache.Hits));
        Assert.Equal(2, second.Clip(1).Pairs);
        Assert.True(first.Window(1, 0, 2, 15).equal(second.Window(1, 0, 2, 15)).all().item<bool>());
    }

    [Fact]
    public void Another_tower_finds_nothing()
    {
        using var first = Encode(Cache());
        using var other = QwenModel.Create(fixture.Model.Config, seed: 4);
        var cache = Cache();

        using var second = Encode(cache, tower: other.Vision);

        Assert.Equal(0, cache.Hits);
    }

    [Fact]
    public void A_file_that_a_kill_or_the_disk_has_cut_is_computed_again()
    {
        using var first = Encode(Cache());
        foreach (var file in Directory.GetFiles(_folder)) File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]);
        File.WriteAllText(Path.Combine(_folder, "left.half"), "");
        var cache = Cache();

        using var second = Encode(cache);

        Assert.Equal(0, cache.Hits);
        Assert.True(first.Window(0, 0, 2, 15).equal(second.Window(0, 0, 2, 15)).all().item<bool>());
        Assert.Equal(2, Directory.GetFiles(_folder, "*.safetensors").Length);
    }

    [Fact]
    public void The_folder_stays_under_its_bound()
    {
        using var one = Encode(Cache(), count: 1);
        var bound = 3 * new FileInfo(Assert.Single(Directory.GetFiles(_folder))).Length;

        using var many = Encode(Cache(bound), count: 8);

        Assert.InRange(Directory.GetFiles(_folder).Sum(f => new FileInfo(f).Length), 1, bound);
    }

    [Fact]
    public void A_video_that_cannot_be_decoded_is_left_out_and_one_that_is_short_is_cut()
    {
        using var bank = FeatureBank.Encode(fixture.Model.Vision, n => n switch
        {
            0 => Clip(0),
            1 => Clip(1) with { Slots = () => throw new Core.StreamException("it is damaged", "damaged") },
            _ => Clip(2, pairs: 4) with { Slots = () => 3 },
        }, 3, _cutter, 1, _ => { }, default, Cache());

        Assert.Equal(2, bank.Count);
        Assert.Equal([2, 1], Enumerable.Range(0, 2).Select(n => bank.Clip(n).Pairs));
        Assert.Contains("None of 1 videos", Assert.Throws<TrainerException>(() =>
            FeatureBank.Encode(fixture.Model.Vision, n => Clip(n) with { Slots = () => throw new Core.StreamException("it is damaged", "damaged") }, 1, _cutter, 1, _ => { }, default)).Message);
    }

    [Fact]
    public void A_tower_that_learns_is_run_for_each_window_and_gets_gradients()
    {
        using var scope = NewDisposeScope();
        using var frozen = Encode(null);
        using var learning = Encode(null, learning: true);

        var window = learning.Window(1, 1, 1, 15, ScalarType.BFloat16);
        window.sum().backward();

        Assert.True(frozen.Window(1, 1, 1, 15).allclose(window, rtol: 0.02, atol: 0.02));
        Assert.All(fixture.Model.Vision.parameters(), p => Assert.NotNull(p.grad));
        foreach (var parameter in fixture.Model.Vision.parameters()) parameter.grad = null;
    }
}
