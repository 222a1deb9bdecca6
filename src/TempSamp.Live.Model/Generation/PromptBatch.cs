using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Tokenised prompts of equal padded length, with the grids of what they show.</summary>
/// <param name="Ids">[B][S] token ids, placeholders expanded.</param>
/// <param name="Mask">[B][S], 0 at padding (on the left for generation); null where there is none.</param>
/// <param name="Videos">Grids of all videos, in order over the batch.</param>
/// <param name="Images">Grids of all images, in order over the batch.</param>
/// <param name="SecondsPerGrid">Seconds that one time step covers, for each video; null is 1.</param>
public sealed record PromptBatch(
    IReadOnlyList<int[]> Ids, IReadOnlyList<int[]>? Mask, IReadOnlyList<PatchGrid> Videos, IReadOnlyList<PatchGrid> Images, IReadOnlyList<float>? SecondsPerGrid)
{
    /// <summary>One prompt about one video.</summary>
    public static PromptBatch Single(int[] ids, PatchGrid video, float secondsPerGrid) => new([ids], null, [video], [], [secondsPerGrid]);

    /// <summary>B.</summary>
    public int Rows => Ids.Count;

    /// <summary>S.</summary>
    public int Length => Ids[0].Length;

    /// <summary>Whether any row is padded.</summary>
    public bool Padded => Mask is not null && Mask.Any(row => row.Contains(0));

    /// <summary>[B, S] int64.</summary>
    public Tensor IdTensor(Device device) => tensor(Ids.SelectMany(r => r.Select(id => (long)id)).ToArray(), [Rows, Length], device: device);

    /// <summary>[B, S] bool, true at tokens.</summary>
    public Tensor MaskTensor(Device device) => Mask is null
        ? ones([Rows, Length], ScalarType.Bool, device)
        : tensor(Mask.SelectMany(r => r.Select(m => m != 0)).ToArray(), [Rows, Length], device: device);
}
