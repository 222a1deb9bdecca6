namespace TempSamp.Live.Trainer;

/// <summary>
/// Draws a scenario at any time in any order: the same time gives the same pixels. Holds a scratch picture, so use one painter per
/// thread; scenarios are shared.
/// </summary>
public sealed class BroadcastPainter
{
    private readonly BroadcastScenario _scenario;
    private readonly int _width;
    private readonly int _height;
    private readonly FilmLook _film;
    private readonly double[] _shotStarts;

    /// <summary>A painter of frames of a given size; the picture is made for 5:3 and is cropped at other shapes.</summary>
    public BroadcastPainter(BroadcastScenario scenario, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 16);
        (_scenario, _width, _height) = (scenario, width, height);
        _film = new FilmLook(scenario.Look, scenario.Seed);
        _shotStarts = [.. scenario.Shots.Select(s => s.Start)];
    }

    /// <summary>Bytes of a frame: width x height x 3.</summary>
    public int FrameBytes => _width * _height * 3;

    /// <summary>Draws the frame at <paramref name="t"/> seconds.</summary>
    /// <param name="t">Seconds; times outside the broadcast show its first or last picture.</param>
    /// <param name="rgb">Packed RGB rows from the top, <see cref="FrameBytes"/> long.</param>
    public void Paint(double t, Span<byte> rgb)
    {
        if (rgb.Length != FrameBytes)
        {
            throw new ArgumentException($"A {_width}x{_height} RGB frame has {FrameBytes} bytes, not {rgb.Length}.", nameof(rgb));
        }

        t = Math.Clamp(t, 0, _scenario.Seconds - 0.001);
        var found = Array.BinarySearch(_shotStarts, t);
        var shot = _scenario.Shots[found >= 0 ? found : ~found - 1];
        var take = new Take(_scenario.Look, shot, t);
        var screen = new Canvas(rgb, _width, _height, Lens.Plain);
        Stage.Paint(screen.Through(Framing(shot, t)), take);
        Overlays.Paint(screen, take, _scenario, t);
        _film.Develop(rgb, _width, t);
    }

    // The camera: framing is drawn anew at every cut and drifts slowly between.
    private Lens Framing(Shot shot, double t)
    {
        var look = _scenario.Look;
        var cut = _scenario.Cuts.Count(c => c <= t && c > shot.Start);
        var name = Dice.Hash(shot.Seed, (ulong)cut + 77);
        var dice = new Dice(name);
        var zoom = (float)dice.Range(1.03, 1.16);
        var room = (zoom - 1) / (2 * zoom);
        var clock = t - shot.Start;
        var x = (float)((dice.Range(-0.8, 0.8) * room) + (look.Drift * Math.Sin((clock * 0.9) + dice.Range(0, 6))));
        var y = (float)((dice.Range(-0.8, 0.8) * room) + (look.Drift * 0.5 * Math.Sin((clock * 0.7) + dice.Range(0, 6))));
        return new Lens(zoom, (Lens.Wide / 2) + x, 0.5f + y, look.Mirror ^ (Dice.Unit(shot.Seed, 5) < 0.3f));
    }
}
