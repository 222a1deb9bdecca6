using TempSamp.Live.Media;

namespace TempSamp.Live.Trainer;

/// <summary>Writes scenarios as MP4 files: H.264 with a key frame every 2 s wherever the events are, and AAC sound.</summary>
/// <param name="width">Pixels, even.</param>
/// <param name="height">Pixels, even.</param>
public sealed class BroadcastWriter(int width, int height)
{
    /// <summary>Frames in a second.</summary>
    public const int FrameRate = 25;

    /// <summary>Writes one broadcast; the same scenario and size give the same bytes. A file that was not finished is removed.</summary>
    /// <param name="scenario">What to write.</param>
    /// <param name="path">The MP4 file.</param>
    /// <param name="progress">Told the share that is done, from 0 to 1, once for each second of the broadcast.</param>
    /// <param name="cancel">Stops between two seconds.</param>
    public void Write(BroadcastScenario scenario, string path, Action<double> progress, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(progress);
        try
        {
            using var file = VideoFileWriter.Create(path, Options());
            Encode(scenario, file, progress, cancel);
            file.Finish();
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private void Encode(BroadcastScenario scenario, VideoFileWriter file, Action<double> progress, CancellationToken cancel)
    {
        var painter = new BroadcastPainter(scenario, width, height);
        var rgb = new byte[painter.FrameBytes];
        var sound = Soundtrack.Render(scenario);
        var frames = (int)Math.Round(scenario.Seconds * FrameRate);
        for (var frame = 0; frame < frames; frame++)
        {
            painter.Paint((double)frame / FrameRate, rgb);
            file.WriteFrame(rgb);
            if (frame % FrameRate == 0)
            {
                cancel.ThrowIfCancellationRequested();
                var from = frame / FrameRate * Soundtrack.Rate;
                file.WriteSamples(sound.AsSpan(from, Math.Min(Soundtrack.Rate, sound.Length - from)));
                progress((double)frame / frames);
            }
        }
    }

    private VideoFileOptions Options() => new()
    {
        Width = width,
        Height = height,
        FrameRate = new(FrameRate),
        GopSize = 2 * FrameRate,
        Crf = 25,
        SampleRate = Soundtrack.Rate,
        Channels = 1,
        AudioBitRate = 64_000,
    };
}
