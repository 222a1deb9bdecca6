namespace TempSamp.Live.Model;

/// <summary>The vision tower of a Qwen2.5-VL checkpoint.</summary>
/// <param name="Depth">Number of blocks.</param>
/// <param name="HiddenSize">Width.</param>
/// <param name="IntermediateSize">Width inside the MLP.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="OutHiddenSize">Width of a merged row: the decoder's width.</param>
/// <param name="PatchSize">Pixels on a patch's side.</param>
/// <param name="TemporalPatchSize">Frames in a patch.</param>
/// <param name="SpatialMergeSize">Patches on the side of a merge block.</param>
/// <param name="WindowSize">Pixels on the side of an attention window.</param>
/// <param name="FullAttentionBlocks">Blocks that attend over a whole time step instead of windows.</param>
/// <param name="TokensPerSecond">Positions on the time axis in one second.</param>
public sealed record QwenVisionConfig(
    int Depth, int HiddenSize, int IntermediateSize, int Heads, int OutHiddenSize,
    int PatchSize, int TemporalPatchSize, int SpatialMergeSize, int WindowSize,
    IReadOnlyList<int> FullAttentionBlocks, double TokensPerSecond)
{
    /// <summary>Colour channels: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>Width of one head.</summary>
    public int HeadDim => HiddenSize / Heads;

    /// <summary>Values in one patch: channels, frames, rows, columns.</summary>
    public int PatchLength => Channels * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Patches in one merge block, which becomes one token.</summary>
    public int MergeLength => SpatialMergeSize * SpatialMergeSize;

    /// <summary>Merge blocks on the side of an attention window.</summary>
    public int WindowBlocks => WindowSize / PatchSize / SpatialMergeSize;

    // Absent fields mean the defaults of the class that re-saved the file.
    internal static QwenVisionConfig Read(ConfigNode node)
    {
        int Field(string name, int absent) => (node.Integer(name) ?? absent) is > 0 and var value ? value : throw Bad(name, "is not more than 0");
        ModelException Bad(string name, string reason) => node.Bad($"vision_config.{name}", reason);

        var config = new QwenVisionConfig(
            Depth: Field("depth", 32),
            HiddenSize: Field("hidden_size", 3584),
            IntermediateSize: Field("intermediate_size", 3420),
            Heads: Field("num_heads", 16),
            OutHiddenSize: Field("out_hidden_size", 3584),
            PatchSize: Field("patch_size", 14),
            TemporalPatchSize: Field("temporal_patch_size", 2),
            SpatialMergeSize: Field("spatial_merge_size", 2),
            WindowSize: Field("window_size", 112),
            FullAttentionBlocks: node.Integers("fullatt_block_indexes") ?? [7, 15, 23, 31],
            TokensPerSecond: node.Number("tokens_per_second") ?? 4);

        if (config.HiddenSize % config.Heads != 0 || config.HeadDim % 4 != 0)
            throw Bad("num_heads", $"is {config.Heads}, which does not cut {config.HiddenSize} into heads of a multiple of 4");
        if (config.WindowBlocks == 0)
            throw Bad("window_size", $"is {config.WindowSize} pixels, less than one merge block of {config.PatchSize * config.SpatialMergeSize}");
        foreach (var block in config.FullAttentionBlocks)
            if (block < 0 || block >= config.Depth)
                throw Bad("fullatt_block_indexes", $"names block {block}, but there are {config.Depth}");
        if (config.TokensPerSecond <= 0) throw Bad("tokens_per_second", $"is {config.TokensPerSecond}, wanted more than 0");
        if ((node.Integer("in_chans") ?? node.Integer("in_channels") ?? Channels) is not Channels and var channels)
            throw Bad("in_chans", $"is {channels}, wanted {Channels}");
        if (node.Text("hidden_act") is { } activation and not "silu") throw Bad("hidden_act", $"is {activation}, wanted silu");
        return config;
    }
}
