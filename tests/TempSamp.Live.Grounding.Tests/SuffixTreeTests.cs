namespace TempSamp.Live.Grounding.Tests;

public class SuffixTreeTests
{
    [Fact]
    public void What_rows_have_in_common_is_read_once()
    {
        var tree = new SuffixTree();
        SuffixRow[] rows = [new([1, 2, 3, 4]), new([1, 2, 5]), new([1, 2, 3, 4, 6]), new([7])];
        Assert.Equal(7, tree.Missing(rows));
        Assert.Equal([4, 1, 1, 1], rows.Select(r => tree.Enter(r).Count));
        Assert.Equal(7, tree.Tokens);
        Assert.Equal(0, tree.Missing(rows));
    }

    [Fact]
    public void A_token_sees_what_leads_to_it_and_nothing_of_other_rows()
    {
        var tree = new SuffixTree();
        tree.Enter(new([1, 2, 3]));
        var branch = Assert.Single(tree.Enter(new([1, 2, 4])));
        Assert.Equal((3, 2), (branch.Place, branch.Depth));
        Assert.Equal([3, 1, 0], branch.Seen);
    }

    [Fact]
    public void A_token_whose_scores_nobody_wanted_when_it_was_read_is_read_again_for_whoever_does()
    {
        var tree = new SuffixTree();
        foreach (var token in tree.Enter(new([1, 2, 3]))) token.Read(token.IsWanted ? new TokenScoreRow() : null);
        var late = new SuffixRow([1, 2]);
        Assert.Equal(1, tree.Missing([late]));
        var again = Assert.Single(tree.Enter(late));
        again.Read(new TokenScoreRow());
        Assert.Equal([3, 0], again.Seen);
        Assert.Empty(tree.Enter(new([1, 2])));
    }

    [Fact]
    public void A_cleared_tree_has_all_its_room_again()
    {
        var tree = new SuffixTree();
        tree.Enter(new([1, 2]));
        tree.Clear();
        Assert.Equal((0, 2), (tree.Tokens, tree.Missing([new([1, 2])])));
    }
}
