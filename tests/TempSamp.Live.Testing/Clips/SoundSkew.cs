namespace TempSamp.Live.Testing;

/// <summary>How far a clip's sound moved against its pictures.</summary>
public static class SoundSkew
{
    /// <summary>Packets that must be in both files: one alone may be alike by chance, as encoders write the same silence.</summary>
    private const int FewestShared = 3;

    /// <summary>Seconds that the sound is late; found by the copied packets that both files hold.</summary>
    /// <param name="source">What the clip was cut from.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="firstFrame">When the clip's first frame is shown in the source.</param>
    /// <returns>Null where hardly a packet is in both: there is no sound, or it was encoded again.</returns>
    public static double? Of(string source, string clip, double firstFrame)
    {
        var theirs = Packets(source).GroupBy(p => p.Hash).Where(same => same.Count() == 1).ToDictionary(same => same.Key, same => same.Single().At);
        var late = Packets(clip).Where(p => theirs.ContainsKey(p.Hash)).Select(p => p.At - (theirs[p.Hash] - firstFrame)).Order().ToList();
        return late.Count < FewestShared ? null : late[late.Count / 2];
    }

    private static List<(double At, string Hash)> Packets(string path)
    {
        var (listing, _, code) = MediaProgram.Run("ffmpeg", "-v", "quiet", "-copyts", "-i", path, "-map", "0:a:0?", "-vn", "-c", "copy", "-bsf:a", "aac_adtstoasc", "-f", "framemd5", "-");
        if (code != 0) (listing, _, _) = MediaProgram.Run("ffmpeg", "-v", "quiet", "-copyts", "-i", path, "-map", "0:a:0?", "-vn", "-c", "copy", "-f", "framemd5", "-");
        return MediaProgram.Rows(listing);
    }
}
