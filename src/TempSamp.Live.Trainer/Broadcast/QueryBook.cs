using System.Collections.Immutable;

namespace TempSamp.Live.Trainer;

/// <summary>One way to ask for a kind of event.</summary>
/// <param name="Id">Stable name: kind, language and number, for example "near-miss-en-3".</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Text">The question as a producer would write it.</param>
public sealed record BroadcastQuery(string Id, EventKind Kind, string Language, string Text);

/// <summary>
/// How producers ask, in English and Chinese. Kinds share their words (ball, player, box, price, card, camera), so no single word gives
/// a kind away; the whole sentence does. The last English and the last Chinese sentence of each kind are never trained on.
/// </summary>
public static class QueryBook
{
    private static readonly ImmutableDictionary<EventKind, ImmutableArray<BroadcastQuery>> s_all = QuerySentences.All
        .GroupBy(s => s.Kind)
        .ToImmutableDictionary(g => g.Key, g => g.SelectMany(s => Number(g.Key, s.Language, s.Sentences)).ToImmutableArray());

    /// <summary>Every sentence of a kind.</summary>
    public static IReadOnlyList<BroadcastQuery> All(EventKind kind) => s_all[kind];

    /// <summary>The sentences to train on.</summary>
    public static IReadOnlyList<BroadcastQuery> Train(EventKind kind) => [.. s_all[kind].Where(q => !IsLast(q))];

    /// <summary>The sentences kept for scoring: one in each language.</summary>
    public static IReadOnlyList<BroadcastQuery> HeldOut(EventKind kind) => [.. s_all[kind].Where(IsLast)];

    /// <summary>A sentence that depends on the seed only.</summary>
    public static BroadcastQuery Choose(EventKind kind, ulong seed, bool heldOut = false)
    {
        var dice = new Dice(Dice.Hash(seed, (ulong)kind));
        return dice.Pick(heldOut ? HeldOut(kind) : Train(kind));
    }

    private static bool IsLast(BroadcastQuery query) => !s_all[query.Kind].SkipWhile(q => q != query).Skip(1).Any(q => q.Language == query.Language);

    private static IEnumerable<BroadcastQuery> Number(EventKind kind, string language, string[] sentences) =>
        sentences.Select((text, i) => new BroadcastQuery($"{EventKinds.Name(kind)}-{language}-{i + 1}", kind, language, text));
}
