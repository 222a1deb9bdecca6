namespace TempSamp.Live.Model.Tests;

public sealed class GroundingProfileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("profile").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_checkpoint_without_a_profile_is_asked_as_the_paper_does() =>
        Assert.Equal(new(PromptStyle.Paper, 448, 252, 64, 2, new(2, 1)), GroundingProfile.Load(_folder));

    [Fact]
    public void What_is_saved_is_loaded()
    {
        var profile = new GroundingProfile(PromptStyle.Short, 140, 84, 32, 1, AnswerFormat.Of(PromptStyle.Short)) { Phases = 4, LeastSeconds = 8 };
        profile.Save(_folder);
        Assert.Equal(profile, GroundingProfile.Load(_folder));
    }

    [Theory]
    [InlineData("""{ "promptStyle": "poem" }""", "paper, release, short")]
    [InlineData("""{ "promptStyle": "7" }""", "paper, release, short")]
    [InlineData("""{ "frameWidth": 150 }""", "multiple of 28")]
    [InlineData("""{ "hopSeconds": 0 }""", "hopSeconds")]
    [InlineData("""{ "windowSeconds": 1, "hopSeconds": 2 }""", "windowSeconds")]
    [InlineData("""{ "phases": 0 }""", "phases")]
    [InlineData("""{ "leastSeconds": 65 }""", "leastSeconds")]
    [InlineData("""{ "answerFormat": { "decimals": 9 } }""", "answerFormat.decimals")]
    public void Impossible_profiles_are_refused(string json, string named)
    {
        File.WriteAllText(Path.Combine(_folder, GroundingProfile.FileName), json);
        Assert.Contains(named, Assert.Throws<ModelException>(() => GroundingProfile.Load(_folder)).Message, StringComparison.Ordinal);
    }
}
