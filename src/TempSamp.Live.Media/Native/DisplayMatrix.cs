using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>The container's note that a picture is to be turned before it is shown: nine numbers of 16.16 (the last column 2.30) fixed point, row by row.</summary>
internal static unsafe class DisplayMatrix
{
    private const int One = 1 << 16, OneOfLastColumn = 1 << 30, Length = 9;

    /// <summary>Degrees clockwise, to the nearest quarter turn; 0 where the container says nothing. Mirroring is not kept.</summary>
    public static int Rotation(AVCodecParameters* parameters)
    {
        var side = ffmpeg.av_packet_side_data_get(parameters->coded_side_data, parameters->nb_coded_side_data, AVPacketSideDataType.AV_PKT_DATA_DISPLAYMATRIX);
        if (side == null || side->size < Length * sizeof(int)) return 0;
        var matrix = (int*)side->data;
        var degrees = Math.Atan2(matrix[1], matrix[0]) * 180 / Math.PI;
        return ((int)Math.Round(degrees / 90) * 90 + 360) % 360;
    }

    /// <summary>Adds the note to parameters that a muxer will be given.</summary>
    public static void Set(AVCodecParameters* parameters, int degrees)
    {
        var side = ffmpeg.av_packet_side_data_new(
            &parameters->coded_side_data, &parameters->nb_coded_side_data, AVPacketSideDataType.AV_PKT_DATA_DISPLAYMATRIX, Length * sizeof(int), 0);
        if (side == null) throw new FFmpegException(ffmpeg.AVERROR(ffmpeg.ENOMEM), "av_packet_side_data_new", "a display matrix");
        var (cos, sin) = degrees switch { 90 => (0, 1), 180 => (-1, 0), 270 => (0, -1), _ => (1, 0) };
        ReadOnlySpan<int> matrix = [cos * One, sin * One, 0, -sin * One, cos * One, 0, 0, 0, OneOfLastColumn];
        matrix.CopyTo(new Span<int>(side->data, Length));
    }
}
