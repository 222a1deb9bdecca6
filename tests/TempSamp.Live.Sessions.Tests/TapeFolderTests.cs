using CsCheck;
using TempSamp.Live.Core;
using static TempSamp.Live.Sessions.Tests.FakeBroadcast;

namespace TempSamp.Live.Sessions.Tests;

/// <summary>The tape on disk: what leaves memory is read from there, what a killed program wrote is read by the next.</summary>
public sealed class TapeFolderTests : IDisposable
{
    private static readonly SessionIdentity _session = SessionIdentity.Of("match", new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero), "arrival");
    private readonly string _spill = Directory.CreateTempSubdirectory("tempsamp-tape-").FullName;

    public void Dispose() => Directory.Delete(_spill, recursive: true);

    [Fact]
    public async Task What_left_memory_is_cut_from_disk_byte_for_byte()
    {
        var (small, whole) = (Tape(memory: 100_000), new PacketTape(new(TimeSpan.FromMinutes(10), 1 << 30)));
        foreach (var tape in (PacketTape[])[small, whole]) tape.Play(Noise(0, 120));

        Assert.InRange(small.Status.MemoryBytes, 1, 100_000);
        Assert.Equal(whole.Status.Bytes, small.Status.Bytes);
        foreach (var start in (double[])[0.3, 31, 59.5, 117])
        {
            var range = TimeRange.FromSeconds(start, start + 2.5);
            AssertSame(await whole.SliceAsync(range, default), await small.SliceAsync(range, default));
        }
    }

    [Fact]
    public async Task The_disk_stays_inside_its_bound_and_a_pin_holds_what_it_needs()
    {
        var tape = Tape(memory: 1 << 20, disk: 40 << 20);
        tape.Play(Packets(0, 20, bytes: 50_000));
        using (tape.Hold(TimeRange.FromSeconds(2, 6)))
        {
            tape.Play(Packets(20, 120, bytes: 50_000));
            Assert.NotEmpty((await tape.SliceAsync(TimeRange.FromSeconds(2, 6), default)).Packets);
        }
        tape.Play(Packets(120, 140, bytes: 50_000));

        Assert.Equal("evicted", (await Assert.ThrowsAsync<ClipException>(() => tape.SliceAsync(TimeRange.FromSeconds(2, 6), default))).Reason);
        Assert.InRange(tape.Status.DiskBytes, 1, 60 << 20);   // the bound and the file that is being written
        Assert.Equal(tape.Status.DiskBytes, Directory.GetFiles(_spill, "*.tape", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length));
    }

    [Fact]
    public void An_hour_is_kept_when_it_is_asked_for()
    {
        var tape = new PacketTape(new(TimeSpan.FromHours(1), 1 << 20, _spill, 1L << 30));
        tape.SpillTo(TapeFolder.Create(_spill, _session));
        tape.Play(Packets(0, 4000, gop: 4, bytes: 20));

        Assert.InRange(tape.Status.Held.Length.Seconds, 3595, 3608);
        Assert.InRange(tape.Status.MemoryBytes, 1, 1 << 20);
    }

    [Fact]
    public async Task A_killed_program_leaves_its_tape_up_to_the_last_closed_group()
    {
        var dead = Tape(memory: 100_000);
        dead.Play(Noise(0, 33));   // groups of two seconds: the last one, from 32, is open

        var folder = Assert.Single(TapeFolder.Unfinished(_spill));
        var tape = PacketTape.Recovered(folder, new(TimeSpan.FromMinutes(10), 1 << 20));

        Assert.Equal(_session, folder.Session);
        Assert.Equal(TimeRange.FromSeconds(0, 32), tape.Status.Held);
        AssertSame(await dead.SliceAsync(TimeRange.FromSeconds(20, 25), default), await tape.SliceAsync(TimeRange.FromSeconds(20, 25), default));
        Assert.Equal(32, (await tape.SliceAsync(TimeRange.FromSeconds(30, 40), default)).Packets.Max(packet => packet.Pts + packet.Duration).Seconds, 3);
    }

    [Fact]
    public void Wherever_a_file_is_cut_off_or_damaged_all_pieces_before_are_whole()
    {
        var tape = Tape(memory: 1 << 20);
        tape.Play(Noise(0, 20));
        tape.Complete();
        var file = Directory.GetFiles(_spill, "*.tape", SearchOption.AllDirectories).Single();
        var good = File.ReadAllBytes(file);
        var ends = Pieces().Select(piece => piece.Location!.Offset + piece.Location.Length).ToList();
        Assert.Equal(10, ends.Count);

        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Bool).Sample(damage =>
        {
            var (at, isCut) = damage;
            var bytes = isCut ? good[..at] : [.. good];
            if (!isCut) bytes[at] ^= 0x40;
            File.WriteAllBytes(file, bytes);
            return Pieces().Count == ends.Count(end => end <= at);
        }, iter: 60, threads: 1);

        List<TapePiece> Pieces() => [.. TapeFolder.Unfinished(_spill).Single().Recover()];
    }

    [Fact]
    public async Task A_disk_that_refuses_leaves_a_tape_in_memory_that_says_so()
    {
        var folder = TapeFolder.Create(_spill, _session);
        var tape = new PacketTape(new(TimeSpan.FromMinutes(1), 1 << 20, _spill));
        tape.SpillTo(folder);
        Directory.Delete(folder.Folder, recursive: true);
        tape.Play(Packets(0, 20));

        Assert.Contains("in memory only", Assert.Single(tape.Notes).Text);
        Assert.NotEmpty((await tape.SliceAsync(TimeRange.FromSeconds(4, 8), default)).Packets);
        Directory.CreateDirectory(_spill);
    }

    private PacketTape Tape(long memory, long disk = 1L << 30)
    {
        var tape = new PacketTape(new(TimeSpan.FromMinutes(10), memory, _spill, disk));
        tape.SpillTo(TapeFolder.Create(_spill, _session));
        return tape;
    }

    private static IEnumerable<MediaPacket> Noise(double from, double to)
    {
        var random = new Random(7);
        foreach (var packet in Packets(from, to, bytes: 400))
        {
            var bytes = new byte[packet.Data.Length];
            random.NextBytes(bytes);
            yield return packet with { Data = bytes };
        }
    }

    private static void AssertSame(TapeSlice expected, TapeSlice actual)
    {
        Assert.Equal(expected.Tracks.Select(track => track with { CodecConfig = default }), actual.Tracks.Select(track => track with { CodecConfig = default }));
        Assert.Equal(expected.Tracks.SelectMany(track => track.CodecConfig.ToArray()), actual.Tracks.SelectMany(track => track.CodecConfig.ToArray()));
        Assert.Equal(expected.Packets.Select(packet => packet with { Data = default }), actual.Packets.Select(packet => packet with { Data = default }));
        Assert.Equal(expected.Packets.SelectMany(packet => packet.Data.ToArray()), actual.Packets.SelectMany(packet => packet.Data.ToArray()));
    }
}
