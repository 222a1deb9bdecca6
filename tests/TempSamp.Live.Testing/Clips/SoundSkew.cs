namespace TempSamp.Live.Testing;

/// <summary>How far a clip's sound moved against its pictures.</summary>
public static class SoundSkew
{
    /// <summary>Seconds that the sound is late; found by a copied packet that both files hold.</summary>
    /// <param name="source">What the clip was cut from.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="firstFrame">When the clip's first frame is shown in the source.</param>
    /// <returns>Null where no packet is in both: there is no sound, or it was encoded again.</returns>
    public static double? Of(string source, string clip, double firstFrame)
    {
        var ours = Packets(clip);
        var skip = Math.Min(ours.Count / 2, 20); // away from the edge, where a packet may be cut short
        if (ours.Count == 0) return null;
        var theirs = Packets(source).GroupBy(p => p.Hash).ToDictionary(g => g.Key, g => g.ToList());
        foreach (var (at, hash) in ours.Skip(skip).Concat(ours.Take(skip)))
            if (theirs.TryGetValue(hash, out var same) && same.Count == 1)
                return at - (same[0].At - firstFrame);
        return null;
    }

    private static List<(double At, string Hash)> Packets(string path)
    {
        var (listing, _, code) = MediaProgram.Run("ffmpeg", "-v", "quiet", "-copyts", "-i", path, "-map", "0:a:0?", "-vn", "-c", "copy", "-bsf:a", "aac_adtstoasc", "-f", "framemd5", "-");
        if (code != 0) (listing, _, _) = MediaProgram.Run("ffmpeg", "-v", "quiet", "-copyts", "-i", path, "-map", "0:a:0?", "-vn", "-c", "copy", "-f", "framemd5", "-");
        return MediaProgram.Rows(listing);
    }
}
