namespace TempSamp.Live.Model;

/// <summary>How frames become patches, as a checkpoint's <c>preprocessor_config.json</c> states it.</summary>
/// <param name="MinPixels">An image is enlarged to at least this area.</param>
/// <param name="MaxPixels">An image is shrunk to at most this area.</param>
/// <param name="PatchSize">Pixels on a patch's side.</param>
/// <param name="TemporalPatchSize">Frames in a patch.</param>
/// <param name="MergeSize">Patches on the side of a merge block.</param>
/// <param name="Mean">Subtracted from red, green and blue in [0, 1].</param>
/// <param name="Std">Then divided by, for red, green and blue.</param>
public sealed record PreprocessorConfig(
    int MinPixels, int MaxPixels, int PatchSize, int TemporalPatchSize, int MergeSize, IReadOnlyList<double> Mean, IReadOnlyList<double> Std)
{
    /// <summary>The published checkpoints' values.</summary>
    public static readonly PreprocessorConfig Default = new(
        4 * 28 * 28, 16384 * 28 * 28, 14, 2, 2, [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]);

    /// <summary>Pixels on the side of a merge block: frame sides are multiples of this.</summary>
    public int Factor => PatchSize * MergeSize;

    /// <summary>Reads <c>preprocessor_config.json</c> of a model folder; <see cref="Default"/> where it is absent.</summary>
    /// <exception cref="ModelException">The file is damaged or holds values that cannot be.</exception>
    public static PreprocessorConfig Load(string directory)
    {
        var path = Path.Combine(directory, "preprocessor_config.json");
        if (!File.Exists(path)) return Default;
        var node = ConfigNode.Read(path);
        var size = node.Child("size");
        var config = new PreprocessorConfig(
            node.Integer("min_pixels") ?? size.Integer("shortest_edge") ?? Default.MinPixels,
            node.Integer("max_pixels") ?? size.Integer("longest_edge") ?? Default.MaxPixels,
            node.Integer("patch_size") ?? Default.PatchSize,
            node.Integer("temporal_patch_size") ?? Default.TemporalPatchSize,
            node.Integer("merge_size") ?? Default.MergeSize,
            node.Numbers("image_mean") ?? Default.Mean,
            node.Numbers("image_std") ?? Default.Std);

        foreach (var (field, value) in new[] { ("min_pixels", config.MinPixels), ("patch_size", config.PatchSize), ("temporal_patch_size", config.TemporalPatchSize), ("merge_size", config.MergeSize) })
            if (value <= 0) throw node.Bad(field, $"is {value}, wanted more than 0");
        if (config.MaxPixels < config.MinPixels) throw node.Bad("max_pixels", $"is {config.MaxPixels}, less than min_pixels {config.MinPixels}");
        if (config.Mean.Count != 3) throw node.Bad("image_mean", $"has {config.Mean.Count} values, wanted 3");
        if (config.Std.Count != 3 || config.Std.Any(s => s <= 0)) throw node.Bad("image_std", "wanted 3 values above 0");
        return config;
    }
}
