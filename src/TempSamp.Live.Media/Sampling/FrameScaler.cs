using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Scales decoded frames to one size of RGB24. Keeps its scaler while the source's size and format stay.</summary>
internal sealed unsafe class FrameScaler(int width, int height) : IDisposable
{
    private SwsContextHandle? _scaler;
    private (PictureShape Shape, AVColorSpace Space, AVColorRange Range) _source;

    /// <summary>The frame's pixels, row-major RGB24: <c>height * width * 3</c> bytes.</summary>
    /// <exception cref="FFmpegException">The frame's pixel format cannot be converted.</exception>
    public byte[] ToRgb(FrameHandle handle)
    {
        var frame = handle.Pointer;
        var source = (new PictureShape(frame->width, frame->height, (AVPixelFormat)frame->format), frame->colorspace, frame->color_range);
        if (_scaler is null || _source != source) Open(source);

        var rgb = new byte[width * height * 3];
        fixed (byte* target = rgb)
        {
            FFmpegException.Check(
                ffmpeg.sws_scale(_scaler!.Pointer, frame->data.ToArray(), frame->linesize.ToArray(), 0, frame->height, [target], [width * 3]),
                "sws_scale", source.Item1.ToString());
        }

        return rgb;
    }

    /// <inheritdoc/>
    public void Dispose() => _scaler?.Dispose();

    // Averages on the way down; on the way up there is nothing to average.
    private void Open((PictureShape Shape, AVColorSpace Space, AVColorRange Range) source)
    {
        _scaler?.Dispose();
        var shrinks = source.Shape.Width >= width && source.Shape.Height >= height;
        var flags = (shrinks ? ffmpeg.SWS_AREA : ffmpeg.SWS_BICUBIC) | ffmpeg.SWS_ACCURATE_RND;
        _scaler = SwsContextHandle.Open(source.Shape, new PictureShape(width, height, AVPixelFormat.AV_PIX_FMT_RGB24), flags);
        var matrix = source.Space switch
        {
            AVColorSpace.AVCOL_SPC_BT709 => ffmpeg.SWS_CS_ITU709,
            AVColorSpace.AVCOL_SPC_BT2020_NCL or AVColorSpace.AVCOL_SPC_BT2020_CL => ffmpeg.SWS_CS_BT2020,
            _ => ffmpeg.SWS_CS_DEFAULT,
        };
        _scaler.SetColours(matrix, source.Range == AVColorRange.AVCOL_RANGE_JPEG, ffmpeg.SWS_CS_DEFAULT, toFullRange: true);
        _source = source;
    }
}
