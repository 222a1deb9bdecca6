using System.Security.Cryptography;
using TempSamp.Live.Core;
using TempSamp.Live.Media;

namespace TempSamp.Live.Trainer;

/// <summary>Frames of videos at the model's size. The last ones stay in memory, as many as fit, so that training that comes back soon does not decode again.</summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
/// <param name="problems">Told once of each video that cannot be decoded.</param>
/// <param name="bytes">Most bytes of frames kept.</param>
internal sealed class DecodedVideos(int width, int height, DatasetProblems problems, long bytes = 1L << 30)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lazy<byte[][]>> _kept = [];
    private readonly Queue<string> _order = [];
    private readonly HashSet<string> _broken = [];
    private long _held;

    /// <summary>All frames of a video, two a second.</summary>
    /// <exception cref="StreamException">It cannot be decoded; it has been reported.</exception>
    public byte[][] Of(string path)
    {
        Lazy<byte[][]> video;
        lock (_gate)
        {
            if (!_kept.TryGetValue(path, out video!)) _kept[path] = video = new(() => Decode(path));
        }
        return video.Value;
    }

    /// <summary>Names a video by its content.</summary>
    public static string Digest(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private byte[][] Decode(string path)
    {
        try
        {
            byte[][] frames = [.. FrameReader.ReadFrames(path, width, height).Select(f => f.Rgb)];
            if (frames.Length == 0) throw new StreamException("it holds no picture", "no-video");
            Keep(path, frames.Sum(f => (long)f.Length));
            return frames;
        }
        catch (StreamException e)
        {
            lock (_gate)
            {
                if (_broken.Add(path)) problems.Add(path, 0, DatasetFault.Video, $"it cannot be decoded ({e.Message})");
            }
            throw;
        }
    }

    private void Keep(string path, long size)
    {
        lock (_gate)
        {
            _order.Enqueue(path);
            _held += size;
            while (_held > bytes && _order.Count > 1)
            {
                var oldest = _order.Dequeue();
                _held -= _kept[oldest].Value.Sum(f => (long)f.Length);
                _kept.Remove(oldest);
            }
        }
    }
}
