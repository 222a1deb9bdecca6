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
    /// <param name="format">The packets' track.</param>
    /// <param name="packets">In decoding order, from a key frame.</param>
    /// <param name="range">Frames shown in it are kept.</param>
    /// <param name="shaper">Shapes each frame.</param>
    /// <param name="open">Opens the encoder for pictures like the first.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>Null when no frame of the range could be decoded.</returns>
    public static unsafe ReencodedRun? Of(
        TrackFormat format, IEnumerable<MediaPacket> packets, TimeRange range, PictureShaper shaper, Func<FrameHandle, VideoEncoder> open, long maxPixels, CancellationToken cancel)
    {
        using var decoder = new PictureDecoder(format, maxPixels);
        var pictures = new List<CodedPicture>();
        var size = (Width: 0, Height: 0);
        VideoEncoder? encoder = null;
        try
        {
            var next = decoder.Decode(packets, range, (frame, at) =>
            {
                var shaped = shaper.Shape(frame);
                if (encoder is null)
                {
                    encoder = open(shaped);
                    size = (shaped.Pointer->width, shaped.Pointer->height);
                }

                encoder.Encode(shaped, at, pictures);
            }, cancel);
            if (encoder is null) return null;
            encoder.Finish(pictures);
            return new(encoder.Headers, pictures, size.Width, size.Height, encoder.Level, decoder.Damaged, next);
        }
        finally
        {
            encoder?.Dispose();
        }
    }
}
