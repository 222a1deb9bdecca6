using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A frame as a viewer sees it: with square pixels and turned as its track says.</summary>
/// <param name="Rgb">Row-major RGB24.</param>
/// <param name="Width">Pixels; even.</param>
/// <param name="Height">Pixels; even.</param>
internal sealed record ShownPicture(byte[] Rgb, int Width, int Height)
{
    /// <summary>Converts a decoded frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="track">Its track: gives pixel aspect, where the frame does not, and rotation.</param>
    /// <param name="mostWidth">Wider pictures are scaled down to this.</param>
    public static ShownPicture Of(FrameHandle frame, TrackFormat track, int mostWidth)
    {
        var (width, height) = Size(frame, track);
        var shown = track.Rotation % 180 == 0 ? width : height;
        var scale = Math.Min(1, mostWidth / shown);
        var (w, h) = (Even(width * scale), Even(height * scale));
        using var scaler = new FrameScaler(w, h);
        return Turn(scaler.ToRgb(frame), w, h, track.Rotation);
    }

    private static unsafe (double Width, double Height) Size(FrameHandle handle, TrackFormat track)
    {
        var frame = handle.Pointer;
        var aspect = frame->sample_aspect_ratio is { num: > 0, den: > 0 } own ? (double)own.num / own.den : track.PixelAspect > 0 ? track.PixelAspect : 1;
        return (frame->width * aspect, frame->height);
    }

    // JPEG's 4:2:0 wants even sides.
    private static int Even(double side) => Math.Max(2, (int)Math.Round(side) & ~1);

    private static ShownPicture Turn(byte[] rgb, int width, int height, int degrees)
    {
        if (degrees == 0) return new(rgb, width, height);
        var (w, h) = degrees % 180 == 0 ? (width, height) : (height, width);
        var turned = new byte[rgb.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (tx, ty) = degrees switch { 90 => (height - 1 - y, x), 180 => (width - 1 - x, height - 1 - y), _ => (y, width - 1 - x) };
                rgb.AsSpan((y * width + x) * 3, 3).CopyTo(turned.AsSpan((ty * w + tx) * 3));
            }
        }

        return new(turned, w, h);
    }
}
