namespace TempSamp.Live.Model;

/// <summary>Patches of an image or video: <paramref name="Time"/> steps of <paramref name="Height"/> x <paramref name="Width"/> patches.</summary>
public readonly record struct PatchGrid(int Time, int Height, int Width)
{
    /// <summary>All patches.</summary>
    public int Patches => Time * Height * Width;

    /// <summary>Tokens after merging blocks of <paramref name="mergeLength"/> patches.</summary>
    public int Tokens(int mergeLength) => Patches / mergeLength;
}
