using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Endless broadcasts, painted straight at the sampled instants without a codec in between.</summary>
/// <param name="domain">What they show.</param>
/// <param name="firstSeed">Seed of the first training broadcast.</param>
/// <param name="seconds">Length.</param>
/// <param name="width">Of the frames.</param>
/// <param name="height">Of the frames.</param>
public sealed class PaintedBroadcasts(BroadcastDomain domain, ulong firstSeed, int seconds, int width, int height) : IClipSource
{
    /// <summary>Seeds from here on only score.</summary>
    private const ulong HeldOutSeeds = 2_000_000_000;

    /// <summary>Frames are painted at twice the model's size and averaged, as the scaler does with a real picture.</summary>
    private const int Oversampling = 2;

    /// <inheritdoc/>
    public int? TrainCount => null;

    /// <inheritdoc/>
    public int? HeldOutCount => null;

    /// <inheritdoc/>
    public IEnumerable<string> Kinds => EventKinds.Of(domain).Select(EventKinds.Name);

    /// <inheritdoc/>
    public TrainingClip Train(int n) => Create(firstSeed + (ulong)n, heldOut: false);

    /// <summary>Every other clip is asked with sentences that training never uses.</summary>
    public TrainingClip HeldOut(int n) => Create(HeldOutSeeds + (ulong)n, heldOut: n % 2 == 1);

    private TrainingClip Create(ulong seed, bool heldOut)
    {
        var scenario = BroadcastScenario.Create(domain, seed, seconds);
        var concepts = EventKinds.Of(domain).Select(kind => new ClipConcept(
            EventKinds.Name(kind),
            [.. (heldOut ? QueryBook.HeldOut(kind) : QueryBook.Train(kind)).Select(q => q.Text)],
            [.. scenario.Events.Where(e => e.Kind == kind).Select(e => new AnswerSpan(e.Start, e.End))]) { Saliency = Saliency(scenario, kind) }).ToList();
        var painter = new BroadcastPainter(scenario, width * Oversampling, height * Oversampling);
        return new(seconds, concepts, slot => Paint(painter, slot / 2.0)) { Identity = () => $"painted {domain} {seed} {seconds} {width}x{height} by {typeof(BroadcastPainter).Module.ModuleVersionId}" };
    }

    // Of the first time it happens, as the annotations of a rendered video say.
    private Dictionary<int, double>? Saliency(BroadcastScenario scenario, EventKind kind) =>
        scenario.Events.Where(e => e.Kind == kind).ToArray() is [var first, ..]
            ? SaliencyCurve.Of(first, seconds).Index().Where(s => s.Item > 0).ToDictionary(s => s.Index, s => (double)s.Item)
            : null;

    private byte[] Paint(BroadcastPainter painter, double at)
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
