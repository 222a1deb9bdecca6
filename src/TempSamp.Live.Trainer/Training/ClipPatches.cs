using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Cuts a clip's frame pairs into the patches that the tower takes, as serving does.</summary>
/// <param name="frames">The model's frame processor.</param>
/// <param name="size">Frame size of the model.</param>
/// <param name="patchSize">Pixels of a patch's side.</param>
public sealed class ClipPatches(FrameProcessor frames, FrameSize size, int patchSize)
{
    /// <summary>As the model in a folder takes them.</summary>
    public static ClipPatches Of(string directory, GroundingProfile profile)
    {
        var preprocessor = PreprocessorConfig.Load(directory);
        return new(new FrameProcessor(preprocessor), new FrameSize(profile.FrameHeight, profile.FrameWidth), preprocessor.PatchSize);
    }

    /// <summary>The grid of one pair in patches.</summary>
    public (int T, int H, int W) Grid { get; } = (1, size.Height / patchSize, size.Width / patchSize);

    /// <summary>What is done to frames, for the names of what is kept.</summary>
    public object Preprocessing => new { frames.Config, size };

    /// <summary>Patches of one pair.</summary>
    public int PerPair => Grid.H * Grid.W;

    /// <summary>Rows that the tower makes of one pair: one for each block of patches.</summary>
    public int RowsPerPair => PerPair / (frames.Config.MergeSize * frames.Config.MergeSize);

    /// <summary>Values of one patch.</summary>
    public int Length => frames.PatchLength;

    /// <summary>One pair: [patches, length] row-major.</summary>
    public float[] Pair(TrainingClip clip, int pair) => frames.Patches([clip.Frame(2 * pair), clip.Frame(2 * pair + 1)], size).Values;

    /// <summary>The whole clip: [pairs * patches, length] row-major.</summary>
    public float[] All(TrainingClip clip)
    {
        var patches = new float[clip.Pairs * PerPair * Length];
        for (var pair = 0; pair < clip.Pairs; pair++) Pair(clip, pair).CopyTo(patches.AsSpan(pair * PerPair * Length));
        return patches;
    }
}
