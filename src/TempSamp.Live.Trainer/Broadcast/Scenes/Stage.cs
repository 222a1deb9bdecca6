namespace TempSamp.Live.Trainer;

/// <summary>Sends a take to its scene.</summary>
internal static class Stage
{
    public static void Paint(Canvas canvas, in Take take)
    {
        switch (take.Shot.Scene)
        {
            case Scene.Pitch:
                PitchScene.Paint(canvas, take);
                break;
            case Scene.Referee:
                RefereeScene.Paint(canvas, take);
                break;
            case Scene.Corner:
                CornerScene.Paint(canvas, take);
                break;
            case Scene.Touchline:
                TouchlineScene.Paint(canvas, take);
                break;
            case Scene.Huddle:
                HuddleScene.Paint(canvas, take);
                break;
            case Scene.Crowd:
                CrowdScene.Paint(canvas, take);
                break;
            case Scene.Slate:
                SlateScene.Paint(canvas, take);
                break;
            default:
                StudioScene.Paint(canvas, take);
                break;
        }
    }
}
