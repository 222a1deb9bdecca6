namespace TempSamp.Live.Trainer;

/// <summary>What stands before the camera.</summary>
internal enum Scene
{
    Pitch,
    Referee,
    Corner,
    Touchline,
    Huddle,
    Crowd,
    Slate,
    Studio,
}

/// <summary>What people do in a scene when no event happens.</summary>
internal enum Filler
{
    Idle,
    Gesture,
    Drink,
    ShowProduct,
}

/// <summary>One camera take from <paramref name="Start"/> to <paramref name="End"/> (seconds), holding at most one event with footage around it.</summary>
internal sealed record Shot(Scene Scene, Filler Filler, double Start, double End, ulong Seed, ScenarioEvent? Event = null)
{
    /// <summary>The same take, <paramref name="seconds"/> later.</summary>
    public Shot Later(double seconds) => this with
    {
        Start = Start + seconds,
        End = End + seconds,
        Event = Event is { } e ? e with { Start = e.Start + seconds, End = e.End + seconds } : null,
    };
}
