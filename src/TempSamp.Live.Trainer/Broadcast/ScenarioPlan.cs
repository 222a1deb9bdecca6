namespace TempSamp.Live.Trainer;

/// <summary>
/// Draws a timeline: how many events, which, how long, with random gaps; then fills it with takes whose cuts do not follow the events.
/// Kind, length and position are independent of each other, so a question's words say nothing about the answer's time.
/// </summary>
internal sealed class ScenarioPlan
{
    private const double Grid = 0.5;
    private const double LeastGap = 1.0;
    private const double Shortest = 2.0;
    private readonly BroadcastDomain _domain;
    private readonly ulong _seed;
    private readonly double _seconds;
    private Dice _dice;

    public ScenarioPlan(BroadcastDomain domain, ulong seed, double seconds)
    {
        (_domain, _seed, _seconds) = (domain, seed, seconds);
        _dice = new Dice(Dice.Hash(seed, (ulong)domain));
    }

    public BroadcastScenario ToScenario()
    {
        var events = Place(DrawLengths());
        var shots = Shoot(events);
        var cuts = new List<double>();
        for (var t = 5 * _dice.Exponential(); t < _seconds; t += 1.5 + (5 * _dice.Exponential()))
        {
            cuts.Add(t);
        }

        return new BroadcastScenario(_domain, _seed, _seconds, shots, cuts, Math.Floor(_dice.Range(0, 5000)));
    }

    /// <summary>Takes without any event.</summary>
    public static List<Shot> Footage(BroadcastDomain domain, ulong seed, double seconds)
    {
        var plan = new ScenarioPlan(domain, seed, seconds);
        var shots = new List<Shot>();
        plan.Fill(shots, 0, seconds, plan.DrawDomain(null));
        return shots;
    }

    // 2 to 5 events in 32 s; each 2 to 9 s, short ones as likely as long ones on a log scale.
    private List<double> DrawLengths()
    {
        var count = Math.Max(1, (int)((_dice.Range(1.5, 5.5) * _seconds / 32) + 0.5));
        var longest = Math.Min(9, _seconds - 1.5);
        var lengths = new List<double>();
        var room = _seconds - LeastGap;
        for (var i = 0; i < count; i++)
        {
            var length = Snap(Shortest * Math.Exp(_dice.Unit() * Math.Log(longest / Shortest)));
            if (length + LeastGap <= room)
            {
                lengths.Add(length);
                room -= length + LeastGap;
            }
        }

        return lengths;
    }

    private List<ScenarioEvent> Place(List<double> lengths)
    {
        var slack = _seconds - lengths.Sum() - (LeastGap * (lengths.Count - 1));
        var weights = Enumerable.Range(0, lengths.Count + 1).Select(_ => _dice.Exponential()).ToArray();
        weights[0] += _dice.Exponential(); // without it events would crowd at both ends
        weights[^1] += _dice.Exponential();
        var events = new List<ScenarioEvent>();
        BroadcastDomain? domain = null;
        var (at, used) = (0.0, 0.0);
        for (var i = 0; i < lengths.Count; i++)
        {
            used += weights[i];
            var start = at + Snap(slack * used / weights.Sum());
            domain = DrawDomain(domain);
            var choices = EventKinds.Of(domain.Value).Where(k => events.All(e => e.Kind != k || start - e.End > 40)).ToArray();
            if (choices.Length > 0) // none is free after very many short events: leave a gap
            {
                events.Add(new ScenarioEvent(_dice.Pick(choices), start, start + lengths[i]));
            }

            at += lengths[i] + LeastGap;
        }

        return events;
    }

    private List<Shot> Shoot(List<ScenarioEvent> events)
    {
        var shots = new List<Shot>();
        var from = 0.0;
        for (var i = 0; i < events.Count; i++)
        {
            var next = events[i];
            var lead = i == 0 ? next.Start : LeadIn(next.Start - events[i - 1].End);
            lead = i == 0 ? Math.Min(lead, _dice.Range(0.3, 2.5)) : lead;
            lead = next.Start - lead - from < 0.6 ? next.Start - from : lead; // no flash frames
            var domain = EventKinds.DomainOf(i > 0 && _dice.Chance(0.5) ? events[i - 1].Kind : next.Kind);
            Fill(shots, from, next.Start - lead, domain);
            var gap = (i + 1 < events.Count ? events[i + 1].Start : _seconds) - next.End;
            var tail = gap < 3 ? gap * _dice.Range(0.25, 0.55) : _dice.Range(0.3, 2);
            from = i + 1 == events.Count && gap < 2 ? _seconds : next.End + tail;
            shots.Add(new Shot(SceneOf(next.Kind), Filler.Idle, next.Start - lead, from, _dice.Next(), next));
        }

        Fill(shots, from, _seconds, DrawDomain(null));
        return shots;
    }

    private double LeadIn(double gap) => gap < 3 ? gap * _dice.Range(0.2, 0.45) : _dice.Range(0.3, gap - 2.2 > 2.2 ? 2.2 : 0.8);

    // Event-free takes from one time to another.
    private void Fill(List<Shot> shots, double from, double to, BroadcastDomain domain)
    {
        while (to - from > 1e-9)
        {
            var end = Math.Min(to, from + _dice.Range(1.2, 5.5));
            end = to - end < 0.6 ? to : end;
            var (scene, filler) = domain == BroadcastDomain.Sports ? SportsFootage() : ShopFootage();
            shots.Add(new Shot(scene, filler, from, end, _dice.Next()));
            from = end;
        }
    }

    private (Scene, Filler) SportsFootage() => _dice.Pick<(Scene, Filler)>(
    [
        (Scene.Pitch, Filler.Idle), (Scene.Pitch, Filler.Idle), (Scene.Referee, Filler.Gesture), (Scene.Referee, Filler.Gesture),
        (Scene.Crowd, Filler.Idle), (Scene.Slate, Filler.Idle), (Scene.Corner, Filler.Idle), (Scene.Touchline, Filler.Idle), (Scene.Huddle, Filler.Idle),
    ]);

    private (Scene, Filler) ShopFootage() => _dice.Pick<(Scene, Filler)>(
    [
        (Scene.Studio, Filler.Idle), (Scene.Studio, Filler.Idle), (Scene.Studio, Filler.Drink), (Scene.Studio, Filler.ShowProduct),
        (Scene.Studio, Filler.Gesture), (Scene.Slate, Filler.Idle),
    ]);

    private BroadcastDomain DrawDomain(BroadcastDomain? previous) => _domain != BroadcastDomain.Mixed
        ? _domain
        : previous is { } p && _dice.Chance(0.6) ? p : _dice.Chance(0.5) ? BroadcastDomain.Sports : BroadcastDomain.Shop;

    public static Scene SceneOf(EventKind kind) => kind switch
    {
        EventKind.Goal or EventKind.NearMiss or EventKind.GoalReplay => Scene.Pitch,
        EventKind.YellowCard or EventKind.RedCard => Scene.Referee,
        EventKind.CornerKick => Scene.Corner,
        EventKind.Substitution => Scene.Touchline,
        EventKind.Celebration => Scene.Huddle,
        _ => Scene.Studio,
    };

    private static double Snap(double seconds) => Math.Round(seconds / Grid) * Grid;
}
