namespace TempSamp.Live.Media.Tests;

public sealed class JpegEncoderTests
{
    [Theory]
    [InlineData(256, 144)]
    [InlineData(320, 180)]
    public void A_picture_saved_as_JPEG_decodes_to_itself(int width, int height)
    {
        MediaTool.SkipWhenAbsent();
        var folder = Directory.CreateTempSubdirectory("tempsamp-jpeg-");
        var path = Path.Combine(folder.FullName, "poster.jpg");
        var drawn = TestPicture.Rgb(width, height, 0b1010_0110_0000_0001);

        using (var converter = Jpeg(width, height)) JpegEncoder.Save(path, converter.Convert(drawn), quantizer: 2);

        var decoded = MediaTool.DecodeRgb(path);
        Assert.Equal(drawn.Length, decoded.Length);
        Assert.InRange(drawn.Zip(decoded, (a, b) => Math.Pow(a - b, 2)).Average(), 0, 20);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_worse_quantizer_makes_a_smaller_file()
    {
        MediaTool.SkipWhenAbsent();
        var drawn = TestPicture.Rgb(256, 144, 1);

        using var converter = Jpeg(256, 144);
        var picture = converter.Convert(drawn);
        Assert.True(JpegEncoder.Encode(picture, 20).Length < JpegEncoder.Encode(picture, 2).Length);
    }

    private static RgbConverter Jpeg(int width, int height) => new(width, height, FFmpeg.AutoGen.ffmpeg.SWS_CS_ITU601, fullRange: true);
}
