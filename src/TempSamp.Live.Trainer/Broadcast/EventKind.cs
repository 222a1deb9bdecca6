using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>What kind of programme a broadcast shows.</summary>
public enum BroadcastDomain
{
    /// <summary>A football-like match.</summary>
    Sports,

    /// <summary>A shopping host.</summary>
    Shop,

    /// <summary>Both, in turns.</summary>
    Mixed,
}

/// <summary>An event that can be asked for. Each is defined by what happens over time, not by what one frame shows.</summary>
public enum EventKind
{
    /// <summary>A shot ends in the net.</summary>
    Goal,

    /// <summary>The same shot passes the goal.</summary>
    NearMiss,

    /// <summary>The referee pulls and shows a yellow card; the player protests.</summary>
    YellowCard,

    /// <summary>The referee pulls and shows a red card; the player walks off.</summary>
    RedCard,

    /// <summary>A player runs up to the corner flag and kicks the ball in.</summary>
    CornerKick,

    /// <summary>The board with two numbers goes up and two players cross.</summary>
    Substitution,

    /// <summary>Players gather and jump.</summary>
    Celebration,

    /// <summary>Between two wipes a goal is shown again in slow motion. Not a <see cref="Goal"/>.</summary>
    GoalReplay,

    /// <summary>A product comes out of a box.</summary>
    ProductReveal,

    /// <summary>A product goes into a box: the reveal backwards.</summary>
    ProductPutAway,

    /// <summary>The camera zooms in on the product and out again.</summary>
    ProductCloseUp,

    /// <summary>The number on the price banner falls.</summary>
    PriceDrop,

    /// <summary>The number on the price banner rises.</summary>
    PriceRise,

    /// <summary>A ring with a number runs out.</summary>
    Countdown,

    /// <summary>Messages flood the chat column.</summary>
    ChatFlood,

    /// <summary>The host puts the item on and turns in it.</summary>
    TryOn,
}

/// <summary>Which events belong to which programme.</summary>
public static class EventKinds
{
    private static readonly EventKind[] s_all = Enum.GetValues<EventKind>();
    private static readonly string[] s_names = [.. s_all.Select(k => JsonNamingPolicy.KebabCaseLower.ConvertName(k.ToString()))];

    /// <summary>The events of <paramref name="domain"/>; all of them for a mixed one.</summary>
    public static IReadOnlyList<EventKind> Of(BroadcastDomain domain) => domain switch
    {
        BroadcastDomain.Sports => s_all[..8],
        BroadcastDomain.Shop => s_all[8..],
        _ => s_all,
    };

    /// <summary>The kind's name in files and configuration: small letters with dashes, such as "near-miss".</summary>
    public static string Name(EventKind kind) => s_names[(int)kind];

    /// <summary>The programme that <paramref name="kind"/> belongs to: sports or shop.</summary>
    public static BroadcastDomain DomainOf(EventKind kind) =>
        kind <= EventKind.GoalReplay ? BroadcastDomain.Sports : BroadcastDomain.Shop;
}
