using System.Diagnostics;
using TempSamp.Live.Core;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Clips with their vision features, encoded once while the tower is frozen; or with their patches, encoded anew for each window while the tower learns.</summary>
public sealed class FeatureBank : IDisposable
{
    private readonly (TrainingClip Clip, Tensor Rows)[] _clips;
    private readonly VisionTower? _learning;
    private readonly (int T, int H, int W) _grid;
    private readonly bool _isOwner;

    private FeatureBank((TrainingClip, Tensor)[] clips, VisionTower? learning, (int T, int H, int W) grid, bool isOwner = true) => (_clips, _learning, _grid, _isOwner) = (clips, learning, grid, isOwner);

    /// <summary>Number of clips.</summary>
    public int Count => _clips.Length;

    /// <summary>Whether windows carry gradients into the tower.</summary>
    public bool IsLearning => _learning is not null;

    /// <summary>A clip. Its frames are gone.</summary>
    public TrainingClip Clip(int index) => _clips[index].Clip;

    /// <summary>Features of a window, [pairs * tokens, D]: a view of the bank in bfloat16, or the learning tower's, with gradients where they are recorded.</summary>
    /// <param name="index">The clip.</param>
    /// <param name="from">First pair.</param>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="tokensPerPair">Video tokens of a pair.</param>
    /// <param name="type">Type that a learning tower computes in; null for bfloat16.</param>
    public Tensor Window(int index, int from, int pairs, int tokensPerPair, ScalarType? type = null)
    {
        var rows = _clips[index].Rows;
        if (_learning is null) return rows.narrow(0, (long)from * tokensPerPair, (long)pairs * tokensPerPair);
        var perPair = _grid.H * _grid.W;
        using var patches = rows.narrow(0, (long)from * perPair, (long)pairs * perPair).to(type ?? ScalarType.BFloat16, _learning.parameters().First().device);
        return _learning.Forward(patches, [.. Enumerable.Repeat(_grid, pairs)]);
    }

    /// <summary>The first clips, which stay this bank's.</summary>
    public FeatureBank First(int count) => new(_clips[..Math.Min(count, Count)], _learning, _grid, isOwner: false);

    /// <summary>The same clips as another tower sees them, where patches are kept; features stay what they are. The clips stay this bank's.</summary>
    public FeatureBank SeenBy(VisionTower tower) => new(_clips, _learning is null ? null : tower, _grid, isOwner: false);

    /// <summary>Encodes clips on several threads. Clips whose video cannot be decoded are left out; their source has reported them.</summary>
    /// <param name="tower">The tower.</param>
    /// <param name="clipOf">The n-th clip.</param>
    /// <param name="count">How many.</param>
    /// <param name="cutter">Cuts frames into patches.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="report">Takes a line now and then.</param>
    /// <param name="cancel">Stops between clips.</param>
    /// <param name="cache">Features that were kept from earlier runs; null for none.</param>
    /// <param name="learning">Whether the tower learns, so that patches are kept and not features.</param>
    /// <exception cref="TrainerException">No clip is left.</exception>
    public static FeatureBank Encode(
        VisionTower tower, Func<int, TrainingClip> clipOf, int count, ClipPatches cutter, int threads, Action<string> report, CancellationToken cancel, FeatureCache? cache = null, bool learning = false)
    {
        var encoder = new Encoder(tower, cutter, learning ? null : cache, learning);
        var clips = new (TrainingClip, Tensor)?[count];
        var clock = Stopwatch.StartNew();
        var done = 0;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, n =>
        {
            clips[n] = encoder.Encode(() => clipOf(n));
            if (Interlocked.Increment(ref done) is var so && so % 100 == 0) report($"clips encoded {so}/{count} {clock.Elapsed.TotalSeconds / so:0.00} s/clip{(cache is null ? "" : $", {cache.Hits} from the cache")}");
        });
        var whole = clips.OfType<(TrainingClip, Tensor)>().ToArray();
        if (whole.Length == 0 && count > 0) throw new TrainerException($"None of {count} videos can be decoded: see what was reported of each.");
        if (whole.Length < count) report($"{count - whole.Length} of {count} videos are left out, because they cannot be decoded");
        return new(whole, learning ? tower : null, cutter.Grid);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isOwner) return;
        foreach (var (_, rows) in _clips) rows.Dispose();
    }

    private sealed class Encoder(VisionTower tower, ClipPatches cutter, FeatureCache? cache, bool learning)
    {
        private readonly Device _device = tower.parameters().First().device;
        private readonly string? _key = cache is null ? null : FeatureCache.TowerKey(tower, cutter.Preprocessing);

        public (TrainingClip, Tensor)? Encode(Func<TrainingClip> open)
        {
            try
            {
                var clip = open();
                var pictures = cache is null ? null : clip.Identity?.Invoke();
                if (pictures is not null && cache!.Read(_key!, pictures) is { } kept) return Closed(clip, kept);
                if (clip.Slots is { } slots) clip = clip with { Pairs = Math.Min(clip.Pairs, slots() / 2) };
                if (clip.Pairs == 0) return null;
                var rows = Rows(clip);
                if (pictures is not null) cache!.Write(_key!, pictures, rows);
                return Closed(clip, rows);
            }
            catch (StreamException)
            {
                return null;
            }
        }

        // Features that were kept tell how long the video really is.
        private (TrainingClip, Tensor) Closed(TrainingClip clip, Tensor rows) => (clip with
        {
            Pairs = (int)(rows.shape[0] / (learning ? cutter.PerPair : cutter.RowsPerPair)),
            Frame = _ => throw new InvalidOperationException("The frames of an encoded clip are not kept."),
            Slots = null,
        }, rows.DetachFromDisposeScope());

        private Tensor Rows(TrainingClip clip)
        {
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var pixels = tensor(cutter.All(clip), clip.Pairs * cutter.PerPair, cutter.Length).to(ScalarType.BFloat16);
            if (learning) return pixels.MoveToOuterDisposeScope();
            return tower.Forward(pixels.to(_device), [.. Enumerable.Repeat(cutter.Grid, clip.Pairs)]).to(ScalarType.BFloat16).cpu().MoveToOuterDisposeScope();
        }
    }
}
