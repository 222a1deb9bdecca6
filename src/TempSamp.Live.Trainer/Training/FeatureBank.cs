using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Clips with their vision features, encoded once while the tower is frozen. One thread adds while another reads.</summary>
public sealed class FeatureBank : IDisposable
{
    private readonly List<(TrainingClip Clip, Tensor Features)> _clips = [];

    /// <summary>Number of clips.</summary>
    public int Count
    {
        get { lock (_clips) return _clips.Count; }
    }

    /// <summary>A clip.</summary>
    public TrainingClip Clip(int index) => Entry(index).Clip;

    /// <summary>Waits until the bank holds <paramref name="count"/> clips or <paramref name="filling"/> ends, and rethrows its fault.</summary>
    public void WaitFor(int count, Task filling)
    {
        lock (_clips)
        {
            while (_clips.Count < count && !filling.IsCompleted) Monitor.Wait(_clips, TimeSpan.FromSeconds(1));
        }
        if (filling.IsFaulted) throw filling.Exception!.GetBaseException();
    }

    private (TrainingClip Clip, Tensor Features) Entry(int index)
    {
        lock (_clips) return _clips[index];
    }

    /// <summary>Features of a window, [pairs * tokens, D] in bfloat16: a view of the bank.</summary>
    /// <param name="index">The clip.</param>
    /// <param name="from">First pair.</param>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="tokensPerPair">Video tokens of a pair.</param>
    public Tensor Window(int index, int from, int pairs, int tokensPerPair) => Entry(index).Features.narrow(0, (long)from * tokensPerPair, (long)pairs * tokensPerPair);

    /// <summary>Encodes a clip's patches and keeps the result.</summary>
    /// <param name="tower">The frozen tower.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="patches">[pairs * patches, 1176] of all its pairs.</param>
    /// <param name="grid">Height and width of a pair in patches.</param>
    public void Add(VisionTower tower, TrainingClip clip, float[] patches, (int H, int W) grid)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        var pixels = tensor(patches, clip.Pairs * grid.H * grid.W, ClipPatches.PatchLength).to(ScalarType.BFloat16);
        var features = tower.Forward(pixels, [.. Enumerable.Repeat((1, grid.H, grid.W), clip.Pairs)]).to(ScalarType.BFloat16);
        lock (_clips)
        {
            _clips.Add((clip, features.DetachFromDisposeScope()));
            Monitor.PulseAll(_clips);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, features) in _clips) features.Dispose();
        _clips.Clear();
    }
}
