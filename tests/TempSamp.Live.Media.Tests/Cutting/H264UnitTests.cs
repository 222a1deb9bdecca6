namespace TempSamp.Live.Media.Tests;

public sealed class H264UnitTests
{
    // Written by hand after ITU-T H.264 7.3.2.1: Baseline, level 3.0, id 0, 4 bits of frame_num, order type 2, one reference, 20 x 12 macroblocks, frames only.
    private static readonly byte[] s_sequence = [0x67, 66, 0, 30, 0b1_1_011_010, 0b0_0000101, 0b00_000110, 0b0_1_1_0_0_1_00];

    [Fact]
    public void Units_behind_start_codes_of_both_lengths_are_found_without_their_padding()
    {
        byte[] packet = [0, 0, 0, 1, 0x09, 0x10, 0, 0, 1, 0x65, 0x88, 0x84, 0, 0, 0, 0, 1, 0x41, 0x9A];

        var units = NalUnits.Split(packet, 0);

        Assert.Equal([9, 5, 1], units.Select(NalUnits.TypeOf));
        Assert.Equal([0x65, 0x88, 0x84], units[1].ToArray());
    }

    [Fact]
    public void Units_behind_lengths_are_found_and_a_cut_off_one_gives_what_is_there()
    {
        byte[] packet = [0, 0, 0, 2, 0x65, 0x88, 0, 0, 0, 9, 0x41, 0x9A];

        Assert.Equal([[0x65, 0x88], [0x41, 0x9A]], NalUnits.Split(packet, 4).Select(u => u.ToArray()));
    }

    [Fact]
    public void A_sample_holds_pictures_behind_lengths_and_no_parameter_sets()
    {
        byte[] packet = [0, 0, 1, 0x09, 0x10, 0, 0, 1, 0x67, 66, 0, 0, 1, 0x65, 0x88];

        Assert.Equal([0, 0, 0, 2, 0x65, 0x88], NalUnits.ToSample(NalUnits.Split(packet, 0)));
    }

    [Theory]
    [InlineData(new byte[] { 0x67, 0b1_010_011_0, 0b0100_0000 }, new uint[] { 0, 1, 2, 3 })]
    public void Exponential_numbers_are_read(byte[] unit, uint[] expected)
    {
        var bits = new BitReader(unit);
        var read = new uint[expected.Length];
        for (var i = 0; i < read.Length; i++) read[i] = bits.Unsigned();

        Assert.Equal(expected, read);
        Assert.False(bits.IsOver);
    }

    [Fact]
    public void Emulation_prevention_is_left_out_of_what_is_read()
    {
        var bits = new BitReader([0x67, 0, 0, 3, 1]);

        Assert.Equal(1u, bits.Bits(24));
        Assert.False(bits.IsOver);
        bits.Bits(1);
        Assert.True(bits.IsOver);
    }

    [Fact]
    public void A_sequence_set_tells_its_size_and_what_it_may_hold()
    {
        var set = SequenceParameters.Parse(s_sequence)!;

        Assert.Equal((0, 66, 30, 20, 12, true), (set.Id, set.Profile, set.Level, set.WidthInMacroblocks, set.HeightInMapUnits, set.IsFramesOnly));
    }

    [Fact]
    public void Another_set_of_an_id_that_is_taken_is_refused_and_the_same_is_not()
    {
        var sets = ParameterSets.Of(ReadOnlyMemory<byte>.Empty);

        Assert.True(sets.TryAdd(s_sequence));
        Assert.True(sets.TryAdd(s_sequence.ToArray()));
        Assert.False(sets.TryAdd((byte[])[.. s_sequence[..3], 31, .. s_sequence[4..]]));
        Assert.Equal(1, sets.FreeId());
    }

    [Fact]
    public void A_box_of_sets_reads_back_as_it_was()
    {
        var sets = ParameterSets.Of(ReadOnlyMemory<byte>.Empty);
        sets.TryAdd(s_sequence);
        sets.TryAdd((byte[])[0x68, 0b1_1_0_0_1_000]);

        var box = sets.ToBox();

        Assert.Equal(box, ParameterSets.Of(box).ToBox());
        Assert.Equal(4, ParameterSets.Of(box).LengthSize);
        Assert.Equal([1, 66, 0, 30], box[..4]);
    }
}
