using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>A worker may send anything: what makes no sense is named and refused, before memory is taken for it.</summary>
public sealed class WireTests
{
    private static readonly WindowProfile Profile = new(56, 28, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(4));
    private static readonly TrackFormat Picture = new(0, TrackKind.Video, "h264", new byte[] { 1, 2 }, 640, 360, FrameRate: 25, PixelAspect: 1.5, Rotation: 90);
    private static readonly MediaPacket Packet = new(0, 0, new(3600), new(0), new(3600), true, new byte[] { 1, 2, 3 }, IsDamaged: true);

    [Fact]
    public void What_is_sent_is_what_is_received()
    {
        var frame = new SampledFrame(3, new(135_000), 56, 28, new byte[56 * 28 * 3], 77);
        var pipe = Loop(
            (WireKind.Track, new WireWriter().Track(Picture, 2).Written.ToArray(), []),
            (WireKind.Packet, new WireWriter().Packet(Packet).Written.ToArray(), Packet.Data.ToArray()),
            (WireKind.Frame, new WireWriter().Frame(frame).Written.ToArray(), []),
            (WireKind.Pixels, [], frame.Rgb),
            (WireKind.Note, new WireWriter().Note(new("gap", new(90_000), "nothing came", new(45))).Written.ToArray(), []));

        var (track, epoch) = WireFormat.ReadTrack(Next(pipe));
        Assert.Equal((Picture with { CodecConfig = default }, 2, "0102"), (track with { CodecConfig = default }, epoch, Convert.ToHexString(track.CodecConfig.Span)));
        var packet = WireFormat.ReadPacket(Next(pipe));
        Assert.Equal((Packet with { Data = default }, "010203"), (packet with { Data = default }, Convert.ToHexString(packet.Data.Span)));
        var received = WireFormat.ReadFrame(Next(pipe), Next(pipe), null);
        Assert.Equal(frame with { Rgb = received.Rgb }, received);
        Assert.Equal(new StreamNote("gap", new(90_000), "nothing came", new(45)), WireFormat.ReadNote(Next(pipe)));
        Assert.False(pipe.TryReceive(out _));
    }

    [Theory]
    [InlineData(new byte[] { 99, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 8, 255, 255, 255, 127 })]
    [InlineData(new byte[] { 8, 255, 255, 255, 255 })]
    public void A_message_of_no_kind_or_of_a_mad_length_is_refused(byte[] sent) =>
        Assert.Throws<InvalidDataException>(() => new WirePipe(new MemoryStream(sent), Stream.Null).TryReceive(out _));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_payloads_are_refused_and_never_break_the_reader(int seed)
    {
        var random = new Random(seed);
        Action<WireMessage>[] readers =
            [m => WireFormat.ReadTrack(m), m => WireFormat.ReadPacket(m), m => WireFormat.ReadFrame(m, new(WireKind.Pixels, []), null), m => WireFormat.ReadNote(m), m => WireFormat.ReadOpened(m), m => WireFormat.ReadFailed(m)];
        for (var i = 0; i < 5000; i++)
        {
            var payload = new byte[random.Next(80)];
            random.NextBytes(payload);
            try
            {
                readers[i % readers.Length](new(WireKind.Track, payload));
            }
            catch (InvalidDataException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public void Text_of_a_worker_comes_without_control_characters()
    {
        var note = WireFormat.ReadNote(new(WireKind.Note, new WireWriter().Note(new("a\u001b[31m", default, "one\nERR two\u202e")).Written.ToArray()));

        Assert.Equal(("a.[31m", "one.ERR two."), (note.Kind, note.Text));
    }

    public static TheoryData<string> WrongTracks => [.. s_wrongTracks.Keys];

    private static readonly Dictionary<string, TrackFormat> s_wrongTracks = new()
    {
        ["a number that leaves a hole"] = Picture with { Index = 1 },
        ["a kind that does not exist"] = Picture with { Kind = (TrackKind)7 },
        ["a codec that is a path"] = Picture with { Codec = "../x" },
        ["more pixels than allowed"] = Picture with { Width = 60_000, Height = 60_000 },
        ["a negative size"] = Picture with { Width = -1 },
        ["a rate that is no number"] = Picture with { FrameRate = double.NaN },
    };

    [Theory]
    [MemberData(nameof(WrongTracks))]
    public void A_track_that_cannot_be_is_refused(string what) =>
        Assert.Throws<InvalidDataException>(() => new StreamCheck(Profile, new IngestOptions()).Track((s_wrongTracks[what], 0)));

    [Fact]
    public void A_packet_must_belong_to_a_track_and_go_forward()
    {
        var check = new StreamCheck(Profile, new IngestOptions());
        Assert.Throws<InvalidDataException>(() => check.Packet(Packet));
        check.Track((Picture, 0));
        check.Packet(Packet with { Dts = new(7200) });

        Assert.Throws<InvalidDataException>(() => check.Packet(Packet with { Dts = new(3600) }));
        Assert.Throws<InvalidDataException>(() => check.Packet(Packet with { Dts = new(long.MaxValue) }));
        Assert.Throws<InvalidDataException>(() => check.Packet(Packet with { Epoch = -1, Dts = new(9000) }));
        check.Packet(Packet with { Epoch = 1, Dts = new(0) });
    }

    [Fact]
    public void A_frame_must_have_the_size_that_was_asked_for_and_a_place_that_is_free()
    {
        var check = new StreamCheck(Profile, new IngestOptions());
        var frame = new SampledFrame(3, new(135_000), 56, 28, new byte[56 * 28 * 3], 100);

        Assert.Same(frame, check.Frame(frame, now: 100));
        Assert.Throws<InvalidDataException>(() => check.Frame(frame with { Slot = 4 }, now: 99));
        Assert.Null(check.Frame(frame, now: 100));
        Assert.Throws<InvalidDataException>(() => check.Frame(frame with { Slot = 4, Width = 28, Height = 56 }, 100));
        Assert.Throws<InvalidDataException>(() => check.Frame(frame with { Slot = 4, Rgb = new byte[3] }, 100));
    }

    private static WirePipe Loop(params (WireKind Kind, byte[] Payload, byte[] More)[] messages)
    {
        var bytes = new MemoryStream();
        var sender = new WirePipe(Stream.Null, bytes);
        foreach (var (kind, payload, more) in messages) sender.Send(kind, payload, more);
        bytes.Position = 0;
        return new WirePipe(bytes, Stream.Null);
    }

    private static WireMessage Next(WirePipe pipe)
    {
        Assert.True(pipe.TryReceive(out var message));
        return message;
    }
}
