using System.CommandLine;

namespace TempSamp.Live.Trainer;

/// <summary>The flags of what to learn from, shared by the verbs that train.</summary>
internal sealed class DataFlags
{
    private const double GigaByte = 1e9;

    private readonly Option<string> _data = new("--data")
    {
        Description = "render:DOMAIN (sports, shop or mixed), broadcasts painted on the way; or an annotation file: broadcast, charades, activitynet, qvhighlights, release or reviews, found by looking or named as KIND:PATH.",
        Required = true,
    };

    private readonly Option<string?> _videos = new("--videos") { Description = "Folder of the videos; that of the annotation file when left out." };
    private readonly Option<string?> _validation = new("--validation") { Description = "Annotation file whose videos are scored on; the last tenth of the training videos when left out." };
    private readonly Option<BadRows> _badRows = new("--bad-rows") { Description = "skip: rows that cannot be used are reported, counted and left out; stop: they end the run.", DefaultValueFactory = _ => BadRows.Skip };
    private readonly Option<int> _samples = new("--samples") { Description = "Questions of an annotation file to learn from, drawn with --seed; those of a smaller number are among those of a larger. 0 is all." };
    private readonly Option<string> _cache = new("--cache") { Description = "Folder for vision features, kept from run to run while the tower is frozen; none keeps nothing.", DefaultValueFactory = _ => FeatureCache.DefaultDirectory };
    private readonly Option<double> _cacheSize = new("--cache-gb") { Description = "Most gigabytes of kept features; those not used for longest go first.", DefaultValueFactory = _ => 20 };

    /// <summary>Puts the flags on a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _data, _videos, _validation, _badRows, _samples, _cache, _cacheSize }) command.Options.Add(option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="TrainerException">A number is out of range.</exception>
    public DataOptions Of(ParseResult parse, int seed, int seconds) => new(parse.GetValue(_data)!)
    {
        Videos = parse.GetValue(_videos),
        Validation = parse.GetValue(_validation),
        BadRows = parse.GetValue(_badRows),
        Samples = parse.GetValue(_samples) is >= 0 and var samples ? samples : throw new TrainerException("--samples must be 0 or more."),
        Seed = seed,
        Seconds = seconds,
    };

    /// <summary>Where features are kept; null for nowhere.</summary>
    /// <exception cref="TrainerException">A number is out of range.</exception>
    public FeatureCache? CacheOf(ParseResult parse) => parse.GetValue(_cache) is { } folder and not "none"
        ? new(folder, parse.GetValue(_cacheSize) is > 0 and var size ? (long)(size * GigaByte) : throw new TrainerException("--cache-gb must be above 0."), TimeProvider.System)
        : null;
}
