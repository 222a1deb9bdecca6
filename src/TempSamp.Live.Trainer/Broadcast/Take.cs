namespace TempSamp.Live.Trainer;

/// <summary>One instant of one shot, as a scene needs it.</summary>
internal readonly struct Take(Look look, Shot shot, double time)
{
    public Look Look => look;

    public Shot Shot => shot;

    /// <summary>Seconds since the take began, at the pace of this broadcast. For motion that means nothing.</summary>
    public float Clock { get; } = (float)(time - shot.Start) * look.Speed;

    /// <summary>The event of the take.</summary>
    public EventKind? Kind => shot.Event?.Kind;

    /// <summary>Below 0 before the event, 0 to 1 during it, 1 and above after it; -1 without one.</summary>
    public float Phase { get; } = shot.Event is { } e ? (float)((time - e.Start) / e.Length) : -1;

    /// <summary>Whether the event is on.</summary>
    public bool On => Phase is >= 0 and < 1;

    /// <summary>Seconds from now to the event's start; large without one.</summary>
    public float Until { get; } = shot.Event is { } e ? (float)(e.Start - time) : 1000;

    /// <summary>A number in [0, 1) that stays the same through the take.</summary>
    public float Trait(ulong name) => Dice.Unit(shot.Seed, name);

    /// <summary>A slow swing in -1 to 1, different for each name.</summary>
    public float Sway(ulong name, float pace = 1) => MathF.Sin((Clock * pace * (1.2f + Trait(name + 900))) + (Trait(name) * MathF.Tau));

    /// <summary>0 at <paramref name="from"/>, 1 at <paramref name="to"/>, smooth between and flat outside.</summary>
    public static float Ease(float value, float from, float to)
    {
        var x = Math.Clamp((value - from) / (to - from), 0, 1);
        return x * x * (3 - (2 * x));
    }

    /// <summary>Straight from one number to another.</summary>
    public static float Mix(float from, float to, float share) => from + ((to - from) * share);
}
