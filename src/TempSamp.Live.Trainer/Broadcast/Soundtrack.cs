namespace TempSamp.Live.Trainer;

/// <summary>
/// The sound of a scenario, synthesised: crowd, whistle, till, ticks, pings and a talking voice. About a third of the cues are missing
/// or sound where nothing happens, so the ear proves no more than one frame does.
/// </summary>
public static class Soundtrack
{
    /// <summary>Samples in a second; one channel.</summary>
    public const int Rate = 48_000;

    /// <summary>The whole broadcast, mono; the same scenario gives the same samples.</summary>
    public static short[] Render(BroadcastScenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var mix = new float[(int)Math.Round(scenario.Seconds * Rate)];
        foreach (var shot in scenario.Shots)
        {
            Bed(mix, shot);
        }

        foreach (var cue in SoundCues.Of(scenario))
        {
            Sound(mix, cue, Dice.Hash(scenario.Seed, (ulong)(cue.At * 1000)));
        }

        return [.. mix.Select(v => (short)(28_000 * MathF.Tanh(v)))];
    }

    // Sports: a murmuring crowd. Studio: a voice. Slate: silence.
    private static void Bed(float[] mix, Shot shot)
    {
        if (shot.Scene == Scene.Studio)
        {
            Voice(mix, shot.Start, shot.End - shot.Start, shot.Seed);
        }
        else if (shot.Scene != Scene.Slate)
        {
            Crowd(mix, shot.Start, shot.End - shot.Start, shot.Scene == Scene.Crowd ? 0.12f : 0.06f, shot.Seed);
        }
    }

    private static void Sound(float[] mix, SoundCue cue, ulong seed)
    {
        switch (cue.Kind)
        {
            case CueKind.Roar:
                Crowd(mix, cue.At, cue.Length, 0.35f, seed);
                break;
            case CueKind.Whistle:
                Tone(mix, cue.At, cue.Length, 2750, 0.18f, trill: 28);
                break;
            case CueKind.Till:
                Tone(mix, cue.At, 0.5, 1568, 0.16f);
                Tone(mix, cue.At + 0.09, 0.8, 2093, 0.16f);
                break;
            case CueKind.Tick:
                Tone(mix, cue.At, 0.06, 1000, 0.2f);
                break;
            case CueKind.Ping:
                Tone(mix, cue.At, 0.18, 1318, 0.10f);
                break;
            default:
                Crowd(mix, cue.At, cue.Length, 0.10f, seed, smooth: 0.6f); // rustling card
                break;
        }
    }

    // Smoothed noise that swells slowly; edges are faded so that takes join without clicks.
    private static void Crowd(float[] mix, double at, double length, float level, ulong seed, float smooth = 0.06f)
    {
        var dice = new Dice(Dice.Hash(seed, 0xC0));
        var (low, first, count) = (0f, (int)(at * Rate), (int)(length * Rate));
        for (var i = 0; i < count && first + i < mix.Length; i++)
        {
            low += smooth * ((float)((2 * dice.Unit()) - 1) - low);
            var swell = 0.8f + (0.2f * MathF.Sin(i * 1.9f / Rate * MathF.Tau / 3));
            mix[first + i] += low * level * swell * Fade(i, count, Rate / 8) * 4;
        }
    }

    // A pulse train through two resonances, in syllables: it sounds like talk and says nothing.
    private static void Voice(float[] mix, double at, double length, ulong seed)
    {
        var dice = new Dice(Dice.Hash(seed, 0x70));
        var pitch = (float)dice.Range(95, 230);
        var (first, end, phase) = ((int)(at * Rate), Math.Min(mix.Length, (int)((at + length) * Rate)), 0f);
        while (first < end)
        {
            var count = Math.Min(end - first, (int)(Rate * dice.Range(0.10, 0.26)));
            var silent = dice.Chance(0.2);
            var (bend, f1, f2) = ((float)dice.Range(0.9, 1.15), (float)dice.Range(300, 800), (float)dice.Range(900, 2200));
            var (a, b) = (new Resonance(f1), new Resonance(f2));
            for (var i = 0; i < count && !silent; i++)
            {
                phase += pitch * bend / Rate;
                var pulse = phase >= 1 ? 1f : 0f;
                phase -= pulse;
                mix[first + i] += (a.Next(pulse) + (0.6f * b.Next(pulse))) * 0.25f * Fade(i, count, Rate / 40);
            }

            first += count;
        }
    }

    private static void Tone(float[] mix, double at, double length, float hertz, float level, float trill = 0)
    {
        var (first, count) = ((int)(at * Rate), (int)(length * Rate));
        for (var i = 0; i < count && first + i < mix.Length; i++)
        {
            var t = i / (float)Rate;
            var decay = trill > 0 ? 0.7f + (0.3f * MathF.Sin(MathF.Tau * trill * t)) : MathF.Exp(-5 * t / (float)length);
            mix[first + i] += level * decay * Fade(i, count, Rate / 200) * MathF.Sin(MathF.Tau * hertz * t);
        }
    }

    private static float Fade(int i, int count, int edge) => Math.Clamp(Math.Min(i, count - i) / (float)Math.Min(edge, Math.Max(1, count / 2)), 0, 1);

    // A two-pole resonator that rings at a frequency for some 15 ms.
    private struct Resonance(float hertz)
    {
        private const float Radius = 0.9986f;
        private readonly float _a = 2 * Radius * MathF.Cos(MathF.Tau * hertz / Rate);
        private readonly float _gain = MathF.Sin(MathF.Tau * hertz / Rate);
        private float _y1;
        private float _y2;

        public float Next(float input)
        {
            var y = (_gain * input) + (_a * _y1) - (Radius * Radius * _y2);
            (_y2, _y1) = (_y1, y);
            return y;
        }
    }
}
