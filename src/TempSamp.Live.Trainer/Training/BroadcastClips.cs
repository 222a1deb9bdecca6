using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Rendered broadcasts as training clips, painted straight at the sampled instants without a codec in between.</summary>
public static class BroadcastClips
{
    /// <summary>Frames are painted at twice the model's size and averaged, as the scaler does with a real picture.</summary>
    private const int Oversampling = 2;

    /// <summary>The broadcast of <paramref name="seed"/> with its paraphrases for training, or those held out.</summary>
    public static TrainingClip Create(BroadcastDomain domain, ulong seed, int seconds, int width, int height, bool heldOut = false)
    {
        var scenario = BroadcastScenario.Create(domain, seed, seconds);
        var concepts = EventKinds.Of(domain).Select(kind => new ClipConcept(
            kind.ToString(),
            [.. (heldOut ? QueryBook.HeldOut(kind) : QueryBook.Train(kind)).Select(q => q.Text)],
            [.. scenario.Events.Where(e => e.Kind == kind).Select(e => new AnswerSpan(e.Start, e.End))])).ToList();
        var painter = new BroadcastPainter(scenario, width * Oversampling, height * Oversampling);
        return new(seconds, concepts, slot => Paint(painter, slot / 2.0, width, height));
    }

    private static byte[] Paint(BroadcastPainter painter, double at, int width, int height)
    {
        var large = new byte[width * height * 3 * Oversampling * Oversampling];
        painter.Paint(at, large);
        var small = new byte[width * height * 3];
        var stride = width * Oversampling * 3;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width * 3; x++)
            {
                var from = 2 * y * stride + x / 3 * 6 + x % 3;
                small[y * width * 3 + x] = (byte)((large[from] + large[from + 3] + large[from + stride] + large[from + stride + 3] + 2) / 4);
            }
        }
        return small;
    }
}
