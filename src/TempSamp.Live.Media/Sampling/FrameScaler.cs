using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>
/// Scales decoded frames to one size of RGB24, in one step from whatever the decoder gives; a frame that lies on a GPU is fetched first. Keeps its
/// scaler while the source's size and format stay.
/// </summary>
internal sealed unsafe class FrameScaler(int width, int height) : IDisposable
{
    private const int MostPlanes = 4;

    private readonly byte*[] _planes = new byte*[MostPlanes], _target = new byte*[MostPlanes];     // libswscale reads four of each, whatever the format
    private readonly int[] _strides = new int[MostPlanes], _targetStride = [width * 3, 0, 0, 0];
    private SwsContextHandle? _scaler;
    private FrameHandle? _fetched;
    private (PictureShape Shape, AVColorSpace Space, AVColorRange Range, bool IsRough) _source;

    /// <summary>Size of a scaled frame: <c>height * width * 3</c> bytes, row-major RGB24.</summary>
    public int Bytes { get; } = width * height * 3;

    /// <summary>Writes the frame's pixels to <paramref name="rgb"/>, of <see cref="Bytes"/> bytes.</summary>
    /// <param name="handle">The frame.</param>
    /// <param name="rgb">Takes the pixels.</param>
    /// <param name="isRough">Whether one pixel stands for its neighbours instead of their average: a third of the work, and fine detail becomes noise.</param>
    /// <exception cref="FFmpegException">The frame's pixel format cannot be converted.</exception>
    public void ToRgb(FrameHandle handle, Span<byte> rgb, bool isRough = false)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, Bytes);
        var shown = handle.Pointer;
        var frame = shown->hw_frames_ctx == null ? shown : Fetch(shown);
        var source = (new PictureShape(frame->width, frame->height, (AVPixelFormat)frame->format), shown->colorspace, shown->color_range, isRough);
        if (_scaler is null || _source != source) Open(source, shown);
        for (var i = 0; i < MostPlanes; i++)
        {
            _planes[i] = frame->data[(uint)i];
            _strides[i] = frame->linesize[(uint)i];
        }

        fixed (byte* target = rgb)
        {
            _target[0] = target;
            FFmpegException.Check(
                ffmpeg.sws_scale(_scaler!.Pointer, _planes, _strides, 0, frame->height, _target, _targetStride),
                "sws_scale", source.Item1.ToString());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scaler?.Dispose();
        _fetched?.Dispose();
    }

    private AVFrame* Fetch(AVFrame* onDevice)
    {
        _fetched ??= FrameHandle.Alloc();
        _fetched.Clear();
        FFmpegException.Check(ffmpeg.av_hwframe_transfer_data(_fetched.Pointer, onDevice, 0), "av_hwframe_transfer_data", $"a {onDevice->width}x{onDevice->height} picture");
        return _fetched.Pointer;
    }

    // Averages on the way down; on the way up there is nothing to average.
    private void Open((PictureShape Shape, AVColorSpace Space, AVColorRange Range, bool IsRough) source, AVFrame* frame)
    {
        _scaler?.Dispose();
        var shrinks = source.Shape.Width >= width && source.Shape.Height >= height;
        var flags = source.IsRough ? ffmpeg.SWS_POINT : (shrinks ? ffmpeg.SWS_AREA : ffmpeg.SWS_BICUBIC) | ffmpeg.SWS_ACCURATE_RND;
        _scaler = SwsContextHandle.Open(source.Shape, new PictureShape(width, height, AVPixelFormat.AV_PIX_FMT_RGB24), flags);
        _scaler.SetColours(frame, ffmpeg.SWS_CS_DEFAULT, toFullRange: true);
        _source = source;
    }
}
