using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>
/// Brings decoded frames into the shape that encoders and players take: 8-bit 4:2:0 with even sides, all of one size. The first frame decides the
/// size; later ones of another size are scaled to it. Frames that fit already pass untouched.
/// </summary>
/// <param name="vertical">Whether the middle is cropped to 9:16 as it is shown.</param>
/// <param name="rotation">Degrees that players turn the picture: a crop has to know.</param>
/// <param name="pixelAspect">The container's pixel aspect, for frames that do not say theirs; 0 when unknown.</param>
internal sealed unsafe class PictureShaper(bool vertical, int rotation, double pixelAspect) : IDisposable
{
    private const int Unaligned = 1; // AV_FRAME_CROP_UNALIGNED
    private const double TallAspect = 9.0 / 16;

    private SwsContextHandle? _scaler;
    private PictureShape _from;
    private FrameHandle? _shaped;
    private (int Width, int Height)? _size;

    /// <summary>The frame in shape: the given one, cropped in place, or the shaper's own, which the next call overwrites.</summary>
    /// <exception cref="FFmpegException">The pixel format cannot be converted.</exception>
    public FrameHandle Shape(FrameHandle picture)
    {
        var frame = picture.Pointer;
        if (frame->sample_aspect_ratio.num == 0 && pixelAspect > 0) frame->sample_aspect_ratio = ffmpeg.av_d2q(pixelAspect, short.MaxValue);
        Crop(frame);
        _size ??= (Even(frame->width), Even(frame->height));
        var isFull = frame->format == (int)AVPixelFormat.AV_PIX_FMT_YUVJ420P;
        if (isFull) (frame->format, frame->color_range) = ((int)AVPixelFormat.AV_PIX_FMT_YUV420P, AVColorRange.AVCOL_RANGE_JPEG);
        var fits = frame->format == (int)AVPixelFormat.AV_PIX_FMT_YUV420P && _size == (frame->width, frame->height);
        return fits ? picture : Scale(frame);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scaler?.Dispose();
        _shaped?.Dispose();
    }

    private void Crop(AVFrame* frame)
    {
        var (width, height) = vertical ? Tall(frame) : (frame->width, frame->height);
        (width, height) = (Math.Min(Even(width), frame->width), Math.Min(Even(height), frame->height)); // a side of one pixel is scaled up instead
        var (left, top) = vertical ? ((frame->width - width) / 2 & ~1, (frame->height - height) / 2 & ~1) : (0, 0);
        if ((width, height) == (frame->width, frame->height)) return;
        (frame->crop_left, frame->crop_top) = ((ulong)left, (ulong)top);
        (frame->crop_right, frame->crop_bottom) = ((ulong)(frame->width - width - left), (ulong)(frame->height - height - top));
        FFmpegException.Check(ffmpeg.av_frame_apply_cropping(frame, Unaligned), "av_frame_apply_cropping", $"a {frame->width}x{frame->height} picture");
    }

    private static int Even(int side) => Math.Max(2, side & ~1);

    // The largest middle part that is shown as 9:16; a picture that is taller already keeps its width.
    private (int Width, int Height) Tall(AVFrame* frame)
    {
        var pixel = frame->sample_aspect_ratio is { num: > 0, den: > 0 } aspect ? (double)aspect.num / aspect.den : 1;
        var wanted = rotation % 180 == 0 ? TallAspect / pixel : 1 / TallAspect / pixel; // width over height in stored pixels
        return frame->width > frame->height * wanted
            ? ((int)Math.Round(frame->height * wanted), frame->height)
            : (frame->width, (int)Math.Round(frame->width / wanted));
    }

    private FrameHandle Scale(AVFrame* frame)
    {
        var (width, height) = _size!.Value;
        var from = new PictureShape(frame->width, frame->height, (AVPixelFormat)frame->format);
        if (_scaler is null || from != _from)
        {
            _scaler?.Dispose();
            _scaler = SwsContextHandle.Open(from, new(width, height, AVPixelFormat.AV_PIX_FMT_YUV420P), ffmpeg.SWS_BICUBIC | ffmpeg.SWS_ACCURATE_RND | ffmpeg.SWS_FULL_CHR_H_INP);
            var matrix = frame->colorspace == AVColorSpace.AVCOL_SPC_BT709 ? ffmpeg.SWS_CS_ITU709 : ffmpeg.SWS_CS_DEFAULT;
            var isFull = frame->color_range == AVColorRange.AVCOL_RANGE_JPEG;
            _scaler.SetColours(matrix, isFull, matrix, isFull);
            _from = from;
        }

        _shaped ??= FrameHandle.AllocPicture(AVPixelFormat.AV_PIX_FMT_YUV420P, width, height);
        var shaped = _shaped.Pointer;
        FFmpegException.Check(ffmpeg.av_frame_make_writable(shaped), "av_frame_make_writable", "a picture");
        FFmpegException.Check(
            ffmpeg.sws_scale(_scaler.Pointer, frame->data.ToArray(), frame->linesize.ToArray(), 0, frame->height, shaped->data.ToArray(), shaped->linesize.ToArray()),
            "sws_scale", from.ToString());
        FFmpegException.Check(ffmpeg.av_frame_copy_props(shaped, frame), "av_frame_copy_props", "a picture");
        if (IsRgb(from.Format)) shaped->colorspace = AVColorSpace.AVCOL_SPC_UNSPECIFIED;
        return _shaped;
    }

    private static bool IsRgb(AVPixelFormat format)
    {
        var description = ffmpeg.av_pix_fmt_desc_get(format);
        return description != null && (description->flags & (ulong)ffmpeg.AV_PIX_FMT_FLAG_RGB) != 0;
    }
}
