namespace TempSamp.Live.Trainer.Tests;

public class QueryBookTests
{
    [Fact]
    public void Every_kind_has_sentences_in_both_languages_and_keeps_one_of_each_back()
    {
        foreach (var kind in EventKinds.Of(BroadcastDomain.Mixed))
        {
            foreach (var (language, least) in new[] { ("en", 6), ("zh", 4) })
            {
                Assert.True(QueryBook.Train(kind).Count(q => q.Language == language) >= least, $"{kind} {language}");
                Assert.Single(QueryBook.HeldOut(kind), q => q.Language == language);
            }

            Assert.Empty(QueryBook.Train(kind).Intersect(QueryBook.HeldOut(kind)));
        }
    }

    [Fact]
    public void No_sentence_asks_for_two_kinds()
    {
        var all = EventKinds.Of(BroadcastDomain.Mixed).SelectMany(QueryBook.All).ToList();
        Assert.Distinct(all.Select(q => q.Text));
        Assert.Distinct(all.Select(q => q.Id));
    }

    [Fact]
    public void Held_out_sentences_use_words_that_training_has_seen()
    {
        static string[] Words(IEnumerable<BroadcastQuery> queries) => [.. queries.Where(q => q.Language == "en").SelectMany(q => q.Text.Split(' ', ',', ':'))];
        var kinds = EventKinds.Of(BroadcastDomain.Mixed);
        var seen = Words(kinds.SelectMany(QueryBook.Train)).ToHashSet();
        Assert.Empty(Words(kinds.SelectMany(QueryBook.HeldOut)).Except(seen));
    }

    [Fact]
    public void A_seed_always_chooses_the_same_sentence()
    {
        Assert.Equal(QueryBook.Choose(EventKind.Goal, 5), QueryBook.Choose(EventKind.Goal, 5));
        Assert.Contains(QueryBook.Choose(EventKind.Goal, 5, heldOut: true), QueryBook.HeldOut(EventKind.Goal));
    }
}
