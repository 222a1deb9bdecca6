namespace TempSamp.Live.Trainer.Tests;

/// <summary>One frame must not tell what only time tells: the same take is painted under two labels and compared.</summary>
public class PictureProbeTests
{
    private const int Width = 140;
    private const int Height = 84;
    private const double Start = 3;
    private const double Length = 6;

    [Fact]
    public void Goal_and_near_miss_are_the_same_pixels_until_the_ball_is_at_the_goal()
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            var (goal, miss) = (Take(EventKind.Goal, seed), Take(EventKind.NearMiss, seed));
            for (var t = 0.0; t < Start + (Length * 0.49); t += 0.5)
            {
                Assert.Equal(0, Difference(Frame(goal, t), Frame(miss, t)));
            }

            Assert.True(Difference(Frame(goal, Start + (Length * 0.8)), Frame(miss, Start + (Length * 0.8))) > 0.5, $"seed {seed}");
        }
    }

    [Fact]
    public void Before_a_card_is_pulled_its_colour_is_unknown()
    {
        var (yellow, red) = (Take(EventKind.YellowCard, 5), Take(EventKind.RedCard, 5));
        Assert.Equal(0, Difference(Frame(yellow, Start - 0.1), Frame(red, Start - 0.1)));
        Assert.True(Difference(Frame(yellow, Start + 2), Frame(red, Start + 2)) > 0.5);
    }

    [Fact]
    public void Put_away_shows_the_frames_of_the_reveal_backwards()
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            var (reveal, away) = (Take(EventKind.ProductReveal, seed), Take(EventKind.ProductPutAway, seed));
            for (var t = 0.25; t < Length; t += 0.5)
            {
                var frame = Staged(reveal, Start + t);
                var nearest = Enumerable.Range(0, 12).MinBy(i => Difference(frame, Staged(away, Start + 0.25 + (i * 0.5))));
                Assert.InRange((nearest * 0.5) + 0.25, Length - t - 1.01, Length - t + 1.01);
            }
        }
    }

    [Fact]
    public void Every_event_changes_the_picture_from_its_first_to_after_its_last_frame()
    {
        foreach (var kind in EventKinds.Of(BroadcastDomain.Mixed))
        {
            for (ulong seed = 0; seed < 4; seed++)
            {
                var scenario = Take(kind, seed);
                var idle = Difference(Frame(scenario, Start - 1), Frame(scenario, Start - 0.5));
                var onset = Difference(Frame(scenario, Start - 0.5), Frame(scenario, Start + 0.5));
                Assert.True(onset > 1.15 * idle, $"{kind}, seed {seed}: {onset:F2} at the onset, {idle:F2} before");
            }
        }
    }

    [Fact]
    public void A_goal_in_a_replay_looks_like_a_goal_but_for_its_frame()
    {
        var scenario = Take(EventKind.GoalReplay, 2);
        var (before, inside) = (Frame(scenario, Start - 0.5), Frame(scenario, Start + 3));
        static double Corner(byte[] rgb) => rgb[3 * ((3 * Width) + 3)];
        Assert.NotEqual(Corner(before), Corner(inside), 8.0);
    }

    private static BroadcastScenario Take(EventKind kind, ulong seed)
    {
        var scene = BroadcastScenario.Create(EventKinds.DomainOf(kind), seed, 12);
        var where = ScenarioPlan.SceneOf(kind);
        var shot = new Shot(where, Filler.Idle, 0, 12, Dice.Hash(seed, 1), new ScenarioEvent(kind, Start, Start + Length));
        return new BroadcastScenario(scene.Domain, seed, 12, [shot], [], 0);
    }

    private static byte[] Frame(BroadcastScenario scenario, double t)
    {
        var painter = new BroadcastPainter(scenario, Width, Height);
        var rgb = new byte[painter.FrameBytes];
        painter.Paint(t, rgb);
        return rgb;
    }

    // The scene alone: a camera that stands still, no graphics, no grain.
    private static byte[] Staged(BroadcastScenario scenario, double t)
    {
        var rgb = new byte[Width * Height * 3];
        Stage.Paint(new Canvas(rgb, Width, Height, Lens.Plain), new Take(scenario.Look, scenario.Shots[0], t));
        return rgb;
    }

    // Mean absolute difference of a channel.
    private static double Difference(byte[] a, byte[] b)
    {
        var sum = 0L;
        for (var i = 0; i < a.Length; i++)
        {
            sum += Math.Abs(a[i] - b[i]);
        }

        return (double)sum / a.Length;
    }
}
