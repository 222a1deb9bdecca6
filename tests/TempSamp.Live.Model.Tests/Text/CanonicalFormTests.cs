namespace TempSamp.Live.Model.Tests;

public sealed class CanonicalFormTests
{
    [Theory]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("\u212b", "\u00c5")]                        // singleton: Angstrom sign
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]          // marks in order of class
    [InlineData("d\u0307\u0323", "\u1e0d\u0307")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c")]            // Hangul
    [InlineData("\ud55c\u11a7", "\ud55c\u11a7")]
    [InlineData("\u0958", "\u0915\u093c")]                  // excluded from composition
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("a\u0308\u0301\u0323", "\u1ea1\u0308\u0301")]
    [InlineData("\u0301e", "\u0301e")]
    [InlineData("\uf900", "\u8c48")]
    [InlineData("plain", "plain")]
    public void Text_is_composed(string text, string expected) => Assert.Equal(expected, CanonicalForm.Compose(text));

    [Fact]
    public void Characters_outside_the_basic_plane_are_composed() => Assert.Equal("\U0001109A", CanonicalForm.Compose("\U00011099\U000110BA"));

    [Fact]
    public void Composing_twice_changes_nothing()
    {
        var random = new Random(1);
        var alphabet = new[] { "a", "o", "\u0301", "\u0323", "\u0308", "\u1100", "\u1161", "\u11a8", "\u0915", "\u093c", "\uac00", "\u00c5", "中" };
        for (var i = 0; i < 500; i++)
        {
            var once = CanonicalForm.Compose(string.Concat(random.GetItems(alphabet, 12)));
            Assert.Equal(once, CanonicalForm.Compose(once));
        }
    }
}
