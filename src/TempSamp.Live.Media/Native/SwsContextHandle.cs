using FFmpeg.AutoGen;
using Microsoft.Win32.SafeHandles;

namespace TempSamp.Live.Media;

/// <summary>Owns a <c>SwsContext</c>: scales and converts pictures of one size and format into another.</summary>
internal sealed unsafe class SwsContextHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private SwsContextHandle(SwsContext* context) : base(ownsHandle: true) => SetHandle((nint)context);

    /// <summary>Makes a scaler.</summary>
    /// <param name="from">Source size and format.</param>
    /// <param name="to">Destination size and format.</param>
    /// <param name="flags">Algorithm and exactness, such as <c>SWS_AREA</c>.</param>
    /// <exception cref="FFmpegException">swscale does not convert between these formats.</exception>
    public static SwsContextHandle Open(PictureShape from, PictureShape to, int flags)
    {
        FFmpegLibraries.Ensure();
        var context = ffmpeg.sws_getContext(from.Width, from.Height, from.Format, to.Width, to.Height, to.Format, flags, null, null, null);
        return context != null ? new SwsContextHandle(context) : throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.EINVAL), "sws_getContext", $"{from} to {to}");
    }

    /// <summary>The context; valid while the handle lives.</summary>
    public SwsContext* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (SwsContext*)handle;
        }
    }

    /// <summary>Says which matrix and range each side has; without it both are taken as BT.601 limited.</summary>
    /// <param name="fromMatrix">One of <c>SWS_CS_*</c> for the source.</param>
    /// <param name="fromFullRange">Whether the source uses 0-255 for luma.</param>
    /// <param name="toMatrix">One of <c>SWS_CS_*</c> for the destination.</param>
    /// <param name="toFullRange">Whether the destination uses 0-255 for luma.</param>
    public void SetColours(int fromMatrix, bool fromFullRange, int toMatrix, bool toFullRange)
    {
        var from = *(int_array4*)ffmpeg.sws_getCoefficients(fromMatrix);
        var to = *(int_array4*)ffmpeg.sws_getCoefficients(toMatrix);
        const int Unchanged = 1 << 16;
        FFmpegException.Check(
            ffmpeg.sws_setColorspaceDetails(Pointer, from, fromFullRange ? 1 : 0, to, toFullRange ? 1 : 0, 0, Unchanged, Unchanged),
            "sws_setColorspaceDetails", $"matrix {fromMatrix} to {toMatrix}");
    }

    /// <summary>Takes the source's matrix and range from a frame of it; what the frame does not say is BT.601 limited.</summary>
    /// <param name="from">A frame of the source.</param>
    /// <param name="toMatrix">One of <c>SWS_CS_*</c> for the destination.</param>
    /// <param name="toFullRange">Whether the destination uses 0-255 for luma.</param>
    public void SetColours(AVFrame* from, int toMatrix, bool toFullRange)
    {
        var matrix = from->colorspace switch
        {
            AVColorSpace.AVCOL_SPC_BT709 => ffmpeg.SWS_CS_ITU709,
            AVColorSpace.AVCOL_SPC_BT2020_NCL or AVColorSpace.AVCOL_SPC_BT2020_CL => ffmpeg.SWS_CS_BT2020,
            _ => ffmpeg.SWS_CS_DEFAULT,
        };
        SetColours(matrix, from->color_range == AVColorRange.AVCOL_RANGE_JPEG, toMatrix, toFullRange);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        ffmpeg.sws_freeContext((SwsContext*)handle);
        return true;
    }
}

/// <summary>Size in pixels and format of a picture.</summary>
internal readonly record struct PictureShape(int Width, int Height, AVPixelFormat Format);
