namespace TempSamp.Live.Testing;

/// <summary>Every frame of a file as the ffmpeg program decodes it, in the order they are shown.</summary>
/// <param name="Times">Seconds, as the file counts them.</param>
/// <param name="Hashes">MD5 of the decoded picture.</param>
/// <param name="Small">The picture in grey, <see cref="Width"/> x <see cref="Height"/>, for comparing what was encoded again.</param>
/// <param name="Size">Width and height of the pictures that were hashed: the first one's, to which the program scales later ones.</param>
/// <param name="Errors">What the decoder complained of; empty when nothing.</param>
public sealed record DecodedFrames(double[] Times, string[] Hashes, byte[][] Small, string Size, string Errors)
{
    public const int Width = 64, Height = 36;

    /// <summary>Decodes the first video track of a file.</summary>
    public static DecodedFrames Of(string path)
    {
        var small = Path.GetTempFileName();
        try
        {
            var (listing, errors, code) = MediaProgram.Run(
                "ffmpeg", "-v", "error", "-copyts", "-noautorotate", "-threads", "1", "-i", path, // one thread: what is made up for lost parts depends on their number
                "-map", "0:V:0", "-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-f", "framemd5", "-",
                "-map", "0:V:0", "-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-vf", $"crop=if(gt(iw\\,1)\\,trunc(iw/2)*2\\,iw):if(gt(ih\\,1)\\,trunc(ih/2)*2\\,ih):0:0,scale={Width}:{Height}:flags=area,format=gray", "-f", "rawvideo", "-y", small);
            var rows = MediaProgram.Rows(listing);
            var pictures = File.ReadAllBytes(small).Chunk(Width * Height).ToArray();
            var count = Math.Min(rows.Count, pictures.Length);
            return new(
                [.. rows.Take(count).Select(r => r.At)], [.. rows.Take(count).Select(r => r.Hash)], pictures[..count],
                System.Text.Encoding.UTF8.GetString(listing).Split('\n').FirstOrDefault(line => line.StartsWith("#dimensions", StringComparison.Ordinal), ""),
                code == 0 && errors.Length == 0 ? "" : $"exit {code}: {errors.Split('\n')[0]}");
        }
        finally
        {
            File.Delete(small);
        }
    }

    /// <summary>Mean squared difference of two small pictures.</summary>
    public static double Difference(byte[] a, byte[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum / a.Length;
    }
}
