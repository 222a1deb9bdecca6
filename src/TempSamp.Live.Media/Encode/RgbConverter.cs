using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Converts RGB24 pictures to the planar 4:2:0 that encoders take.</summary>
internal sealed unsafe class RgbConverter : IDisposable
{
    private readonly int _width;
    private readonly int _height;
    private readonly SwsContextHandle _scaler;
    private readonly FrameHandle _frame;

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="matrix">One of <c>SWS_CS_*</c>.</param>
    /// <param name="fullRange">Whether black is 0 and white is 255.</param>
    public RgbConverter(int width, int height, int matrix, bool fullRange)
    {
        (_width, _height) = (width, height);
        _scaler = SwsContextHandle.Open(
            new(width, height, AVPixelFormat.AV_PIX_FMT_RGB24), new(width, height, AVPixelFormat.AV_PIX_FMT_YUV420P),
            ffmpeg.SWS_BICUBIC | ffmpeg.SWS_ACCURATE_RND | ffmpeg.SWS_FULL_CHR_H_INT | ffmpeg.SWS_BITEXACT);
        _scaler.SetColours(matrix, true, matrix, fullRange);
        _frame = FrameHandle.AllocPicture(AVPixelFormat.AV_PIX_FMT_YUV420P, width, height);
    }

    /// <summary>The picture converted; the frame is the converter's own and is overwritten by the next call.</summary>
    /// <param name="rgb24">Row-major RGB24, <c>height * width * 3</c> bytes.</param>
    public FrameHandle Convert(ReadOnlySpan<byte> rgb24)
    {
        if (rgb24.Length != _width * _height * 3)
        {
            throw new ArgumentException($"a {_width}x{_height} RGB24 picture has {_width * _height * 3} bytes, not {rgb24.Length}", nameof(rgb24));
        }
        var frame = _frame.Pointer;
        FFmpegException.Check(ffmpeg.av_frame_make_writable(frame), "av_frame_make_writable", "a picture");
        fixed (byte* source = rgb24)
        {
            FFmpegException.Check(
                ffmpeg.sws_scale(_scaler.Pointer, [source, null, null, null], [_width * 3, 0, 0, 0], 0, _height, frame->data.ToArray(), frame->linesize.ToArray()),
                "sws_scale", $"a {_width}x{_height} picture");
        }
        return _frame;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _frame.Dispose();
        _scaler.Dispose();
    }
}
