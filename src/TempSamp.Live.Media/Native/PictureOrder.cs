using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// How many pictures a decoder must hold back to give them in the order they are shown. H.264 streams need not say it; a decoder that has to guess shows
/// the first of them too early and drops those that should have come before.
/// </summary>
/// <remarks>A picture must wait for as many as come before it and are shown after it. Only the newest are looked at: no codec reorders further.</remarks>
internal sealed class PictureOrder
{
    private const int Deepest = 16;

    private readonly Queue<MediaTime> _newest = new();

    /// <summary>The depth by the pictures so far.</summary>
    public int Depth { get; private set; }

    /// <summary>Takes the next picture in decoding order.</summary>
    public void Add(MediaTime shown)
    {
        Depth = Math.Max(Depth, _newest.Count(earlier => earlier > shown));
        _newest.Enqueue(shown);
        if (_newest.Count > Deepest) _newest.Dequeue();
    }

    /// <summary>The depth of pictures in decoding order.</summary>
    public static int Of(IEnumerable<MediaTime> shown)
    {
        var order = new PictureOrder();
        foreach (var at in shown) order.Add(at);
        return order.Depth;
    }
}
