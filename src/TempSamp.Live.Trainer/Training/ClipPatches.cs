namespace TempSamp.Live.Trainer;

/// <summary>Patches of a clip's frame pairs.</summary>
public static class ClipPatches
{
    /// <summary>Values of a patch: 3 channels x 2 frames x 14 x 14 pixels.</summary>
    public const int PatchLength = 1176;

    private static readonly float[] s_mean = [0.48145466f, 0.4578275f, 0.40821073f];
    private static readonly float[] s_deviation = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>One pair: [patches, 1176] row-major.</summary>
    public static float[] Pair(TrainingClip clip, int pair, (int H, int W) grid)
    {
        var frames = new[] { clip.Frame(2 * pair), clip.Frame(2 * pair + 1) };
        var patches = new float[grid.H * grid.W * PatchLength];
        var at = 0;
        for (var block = 0; block < grid.H * grid.W / 4; block++)
        {
            for (var inner = 0; inner < 4; inner++)
            {
                var top = (block / (grid.W / 2) * 2 + inner / 2) * 14;
                var left = (block % (grid.W / 2) * 2 + inner % 2) * 14;
                for (var channel = 0; channel < 3; channel++)
                    foreach (var frame in frames)
                        for (var y = 0; y < 14; y++)
                            for (var x = 0; x < 14; x++)
                                patches[at++] = (frame[((top + y) * grid.W * 14 + left + x) * 3 + channel] / 255f - s_mean[channel]) / s_deviation[channel];
            }
        }
        return patches;
    }

    /// <summary>The whole clip: [pairs * patches, 1176] row-major.</summary>
    public static float[] All(TrainingClip clip, (int H, int W) grid)
    {
        var perPair = grid.H * grid.W * PatchLength;
        var patches = new float[clip.Pairs * perPair];
        for (var pair = 0; pair < clip.Pairs; pair++) Pair(clip, pair, grid).CopyTo(patches.AsSpan(pair * perPair));
        return patches;
    }
}
