using System.Runtime.CompilerServices;

namespace TempSamp.Live.Model.Tests;

/// <summary>A model small enough to be made anew in every test.</summary>
internal static class TinyModel
{
    public static QwenConfig Config(bool tied = true) => new(
        new(VocabSize: 300, HiddenSize: 48, IntermediateSize: 64, Layers: 2, Heads: 6, KeyValueHeads: 2,
            RmsNormEps: 1e-6, RopeTheta: 1e6, MropeSection: [1, 1, 2], TieWordEmbeddings: tied, MaxPositions: 4096),
        new(Depth: 3, HiddenSize: 32, IntermediateSize: 40, Heads: 2, OutHiddenSize: 48, PatchSize: 14, TemporalPatchSize: 2,
            SpatialMergeSize: 2, WindowSize: 112, FullAttentionBlocks: [1], TokensPerSecond: 2),
        VisionStartTokenId: 290, VisionEndTokenId: 291, ImageTokenId: 292, VideoTokenId: 293, DType: "float32");

    public static QwenModel Create(bool tied = true, int seed = 1) => QwenModel.Create(Config(tied), seed);

    [ModuleInitializer]
    internal static void LoadTorch()
    {
        TorchRuntime.Ensure();
        TorchSharp.torch.set_num_threads(2);
    }
}
