using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Frames as a viewer sees them, with square pixels and turned as their track says, in the form that <see cref="JpegEncoder"/> takes.</summary>
internal static unsafe class ShownPicture
{
    private const AVPixelFormat Form = AVPixelFormat.AV_PIX_FMT_YUV420P;
    private const int Planes = 3;

    /// <summary>Converts a decoded frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="track">Its track: gives pixel aspect, where the frame does not, and rotation.</param>
    /// <param name="mostWidth">Wider pictures are scaled down to this.</param>
    /// <returns>A 4:2:0 picture with even sides, BT.601 with full range; the caller's.</returns>
    /// <exception cref="FFmpegException">The frame's pixel format cannot be converted.</exception>
    public static FrameHandle Of(FrameHandle frame, TrackFormat track, int mostWidth)
    {
        var (width, height) = Size(frame.Pointer, track);
        var scale = Math.Min(1, mostWidth / (track.Rotation % 180 == 0 ? width : height));
        var upright = Scaled(frame.Pointer, Even(width * scale), Even(height * scale));
        if (track.Rotation == 0) return upright;
        using (upright) return Turned(upright, track.Rotation);
    }

    /// <summary>A black picture, to put others into.</summary>
    public static FrameHandle Black(int width, int height)
    {
        var picture = FrameHandle.AllocPicture(Form, width, height);
        for (var plane = 0; plane < Planes; plane++)
        {
            for (var y = 0; y < SideOf(height, plane); y++) Row(picture, plane, y).Fill(plane == 0 ? byte.MinValue : (byte)128);
        }

        return picture;
    }

    /// <summary>Puts a picture into another one.</summary>
    /// <param name="picture">A whole picture.</param>
    /// <param name="into">A larger one.</param>
    /// <param name="left">Pixels; even.</param>
    /// <param name="top">Pixels; even.</param>
    public static void Put(FrameHandle picture, FrameHandle into, int left, int top)
    {
        for (var plane = 0; plane < Planes; plane++)
        {
            for (var y = 0; y < SideOf(picture.Pointer->height, plane); y++)
                Row(picture, plane, y).CopyTo(Row(into, plane, SideOf(top, plane) + y)[SideOf(left, plane)..]);
        }
    }

    private static (double Width, double Height) Size(AVFrame* frame, TrackFormat track)
    {
        var aspect = frame->sample_aspect_ratio is { num: > 0, den: > 0 } own ? (double)own.num / own.den : track.PixelAspect > 0 ? track.PixelAspect : 1;
        return (frame->width * aspect, frame->height);
    }

    // 4:2:0 wants even sides.
    private static int Even(double side) => Math.Max(2, (int)Math.Round(side) & ~1);

    // Exact rounding would cost as much as the encoder, and is lost in it.
    private static FrameHandle Scaled(AVFrame* from, int width, int height)
    {
        var shape = new PictureShape(from->width, from->height, (AVPixelFormat)from->format);
        var flags = (width, height) == (shape.Width, shape.Height) ? ffmpeg.SWS_FAST_BILINEAR : width <= shape.Width && height <= shape.Height ? ffmpeg.SWS_AREA : ffmpeg.SWS_BICUBIC;
        using var scaler = SwsContextHandle.Open(shape, new(width, height, Form), flags);
        scaler.SetColours(from, ffmpeg.SWS_CS_ITU601, toFullRange: true);
        var to = FrameHandle.AllocPicture(Form, width, height);
        FFmpegException.Check(
            ffmpeg.sws_scale(scaler.Pointer, from->data.ToArray(), from->linesize.ToArray(), 0, from->height, to.Pointer->data.ToArray(), to.Pointer->linesize.ToArray()), "sws_scale", shape.ToString());
        return to;
    }

    private static FrameHandle Turned(FrameHandle picture, int degrees)
    {
        var (width, height) = (picture.Pointer->width, picture.Pointer->height);
        var turned = degrees % 180 == 0 ? FrameHandle.AllocPicture(Form, width, height) : FrameHandle.AllocPicture(Form, height, width);
        for (var plane = 0; plane < Planes; plane++)
        {
            var (w, h, stride) = (SideOf(width, plane), SideOf(height, plane), turned.Pointer->linesize[(uint)plane]);
            var to = turned.Pointer->data[(uint)plane];
            for (var y = 0; y < h; y++)
            {
                var row = Row(picture, plane, y);
                for (var x = 0; x < w; x++)
                {
                    var (tx, ty) = degrees switch { 90 => (h - 1 - y, x), 180 => (w - 1 - x, h - 1 - y), _ => (y, w - 1 - x) };
                    to[((long)ty * stride) + tx] = row[x];
                }
            }
        }

        return turned;
    }

    private static int SideOf(int side, int plane) => plane == 0 ? side : side / 2;

    private static Span<byte> Row(FrameHandle picture, int plane, int y) =>
        new(picture.Pointer->data[(uint)plane] + ((long)y * picture.Pointer->linesize[(uint)plane]), SideOf(picture.Pointer->width, plane));
}
