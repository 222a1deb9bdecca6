using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class VisionTowerTests
{
    // What the ring of features rests on: a pair's rows do not depend on what else is in the batch.
    [Fact]
    public void A_frame_pair_has_the_same_rows_alone_and_in_any_batch()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create();
        var (pair, other, small) = (randn(140, 1176), randn(140, 1176), randn(16, 1176));
        var alone = model.Vision.Forward(pair, [(1, 10, 14)]);
        Assert.True(model.Vision.Forward(cat([other, pair], 0), [(2, 10, 14)]).narrow(0, 35, 35).allclose(alone, 1e-5, 1e-5));
        Assert.True(model.Vision.Forward(cat([other, small, pair], 0), [(1, 10, 14), (1, 4, 4), (1, 10, 14)]).narrow(0, 39, 35).allclose(alone, 1e-5, 1e-5));
    }

    [Fact]
    public void Few_frames_in_rooms_of_their_own_have_the_rows_of_any_batch()
    {
        using var scope = NewDisposeScope();
        using var off = inference_mode();
        using var model = TinyModel.Create();
        using var recorded = new RecordedFrames(model.Vision, model.Config.Vision);
        var layout = new VisionLayout([(2, 10, 14)], model.Config.Vision);
        for (var batch = 0; batch < 2; batch++)
        {
            var pairs = randn(280, 1176);
            Assert.True(recorded.Read(pairs, layout, record: false)!.allclose(model.Vision.Forward(pairs, [(2, 10, 14)]), 1e-5, 1e-5));
        }
        Assert.Null(recorded.Read(randn(17 * 16, 1176), new([(17, 4, 4)], model.Config.Vision), record: false));
    }

    [Theory]
    [InlineData(1, 3, 4, 12, "does not divide into merge blocks")]
    [InlineData(1, 4, 4, 12, "want [16, 1176]")]
    public void Grids_that_do_not_fit_are_refused(int t, int h, int w, int patches, string reason)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        Assert.Contains(reason, Assert.Throws<ModelException>(() => model.Vision.Forward(randn(patches, 1176), [(t, h, w)])).Message);
    }
}
