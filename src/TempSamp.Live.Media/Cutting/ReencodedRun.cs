using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A run of pictures that was decoded and encoded again.</summary>
/// <param name="Headers">The encoder's parameter sets behind start codes.</param>
/// <param name="Pictures">In decoding order; units behind start codes.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Level">Profile and level as libav numbers them.</param>
/// <param name="Damaged">Packets and frames of the source that were not what their encoder wrote.</param>
/// <param name="Next">When the first frame after the run is shown, where one was decoded.</param>
internal sealed record ReencodedRun(
    byte[] Headers, IReadOnlyList<CodedPicture> Pictures, int Width, int Height, (int Profile, int Level) Level, int Damaged, MediaTime? Next)
{
    /// <summary>Decodes packets and encodes the frames shown in a range.</summary>
    /// <param name="runs">Packets in decoding order, from a key frame; later formats are shaped to the first frame's size.</param>
    /// <param name="range">Frames shown in it are kept.</param>
    /// <param name="shaper">Shapes each frame.</param>
    /// <param name="open">Opens the encoder for pictures like the first.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>Null when no frame of the range could be decoded.</returns>
    public static unsafe ReencodedRun? Of(
        IEnumerable<FormatRun> runs, TimeRange range, PictureShaper shaper, Func<FrameHandle, VideoEncoder> open, long maxPixels, CancellationToken cancel)
    {
        var pictures = new List<CodedPicture>();
        var (size, damaged) = ((Width: 0, Height: 0), 0);
        MediaTime? next = null;
        VideoEncoder? encoder = null;
        try
        {
            foreach (var run in runs.TakeWhile(_ => next is null))
            {
                using var decoder = new PictureDecoder(run.Format, maxPixels);
                next = decoder.Decode(run.Packets, range, Encode, cancel);
                damaged += decoder.Damaged;
            }

            if (encoder is null) return null;
            encoder.Finish(pictures);
            return new(encoder.Headers, pictures, size.Width, size.Height, encoder.Level, damaged, next);
        }
        finally
        {
            encoder?.Dispose();
        }

        void Encode(FrameHandle frame, MediaTime at)
        {
            var shaped = shaper.Shape(frame);
            if (encoder is null)
            {
                encoder = open(shaped);
                size = (shaped.Pointer->width, shaped.Pointer->height);
            }

            encoder.Encode(shaped, at, pictures);
        }
    }
}
