using System.Text.Json.Nodes;

namespace TempSamp.Live.Model;

/// <summary>How a model wants to be asked: <c>tempsamp.json</c> beside its weights.</summary>
/// <param name="PromptStyle">The wording.</param>
/// <param name="FrameWidth">Pixels, a multiple of 28.</param>
/// <param name="FrameHeight">Pixels, a multiple of 28.</param>
/// <param name="WindowSeconds">Longest video it is asked about, in whole seconds.</param>
/// <param name="HopSeconds">How often it is asked about a live stream, in whole seconds.</param>
/// <param name="AnswerFormat">How it spells a span.</param>
public sealed record GroundingProfile(PromptStyle PromptStyle, int FrameWidth, int FrameHeight, int WindowSeconds, int HopSeconds, AnswerFormat AnswerFormat)
{
    /// <summary>Windows of a live stream that grow side by side: what is asked about is at least (phases - 1) / phases of the longest video.</summary>
    public int Phases { get; init; } = 2;

    /// <summary>Shortest video of a live stream that it is asked about: at the beginning of a stream it waits for so many seconds. One that ends sooner is asked about as it is.</summary>
    public int LeastSeconds { get; init; } = HopSeconds;

    /// <summary>Name of the file.</summary>
    public const string FileName = "tempsamp.json";

    /// <summary>For a published Qwen2.5-VL checkpoint, which brings no profile.</summary>
    public static readonly GroundingProfile Default = new(PromptStyle.Paper, 448, 252, 64, 2, AnswerFormat.Of(PromptStyle.Paper));

    /// <summary>The profile's prompts.</summary>
    public GroundingPrompt Prompt => new(PromptStyle);

    /// <summary>Reads the profile of a model folder; <see cref="Default"/> where there is none. Fields left out keep the default.</summary>
    /// <exception cref="ModelException">The file is damaged or holds values that cannot be.</exception>
    public static GroundingProfile Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) return Default;
        var node = ConfigNode.Read(path);

        var style = node.Text("promptStyle") is not { } name ? Default.PromptStyle
            : Enum.TryParse<PromptStyle>(name, ignoreCase: true, out var named) && Enum.IsDefined(named) ? named
            : throw node.Bad("promptStyle", $"is {name}, wanted one of {string.Join(", ", Enum.GetNames<PromptStyle>()).ToLowerInvariant()}");
        var (format, spelling) = (AnswerFormat.Of(style), node.Child("answerFormat"));
        var profile = new GroundingProfile(
            style,
            node.Integer("frameWidth") ?? Default.FrameWidth,
            node.Integer("frameHeight") ?? Default.FrameHeight,
            node.Integer("windowSeconds") ?? Default.WindowSeconds,
            node.Integer("hopSeconds") ?? Default.HopSeconds,
            new(spelling.Integer("decimals") ?? format.Decimals, spelling.Integer("integerDigits") ?? format.IntegerDigits, spelling.Flag("spaced", format.Spaced))) { Phases = node.Integer("phases") ?? Default.Phases };
        profile = profile with { LeastSeconds = node.Integer("leastSeconds") ?? profile.HopSeconds };

        foreach (var (field, side) in new[] { ("frameWidth", profile.FrameWidth), ("frameHeight", profile.FrameHeight) })
            if (side <= 0 || side % 28 != 0) throw node.Bad(field, $"is {side}, wanted a multiple of 28");
        if (profile.HopSeconds <= 0) throw node.Bad("hopSeconds", $"is {profile.HopSeconds}, wanted at least 1");
        if (profile.WindowSeconds < profile.HopSeconds) throw node.Bad("windowSeconds", $"is {profile.WindowSeconds}, less than hopSeconds {profile.HopSeconds}");
        if (profile.Phases < 1 || profile.Phases > profile.WindowSeconds) throw node.Bad("phases", $"is {profile.Phases}, wanted 1 to windowSeconds {profile.WindowSeconds}");
        if (profile.LeastSeconds < 1 || profile.LeastSeconds > profile.WindowSeconds) throw node.Bad("leastSeconds", $"is {profile.LeastSeconds}, wanted 1 to windowSeconds {profile.WindowSeconds}");
        if (profile.AnswerFormat.Decimals is < 0 or > 3) throw node.Bad("answerFormat.decimals", $"is {profile.AnswerFormat.Decimals}, wanted 0 to 3");
        if (profile.AnswerFormat.IntegerDigits is < 1 or > 5) throw node.Bad("answerFormat.integerDigits", $"is {profile.AnswerFormat.IntegerDigits}, wanted 1 to 5");
        return profile;
    }

    /// <summary>Writes the profile into a model folder.</summary>
    public void Save(string directory)
    {
        var json = new JsonObject
        {
            ["promptStyle"] = PromptStyle.ToString().ToLowerInvariant(),
            ["frameWidth"] = FrameWidth,
            ["frameHeight"] = FrameHeight,
            ["windowSeconds"] = WindowSeconds,
            ["hopSeconds"] = HopSeconds,
            ["phases"] = Phases,
            ["leastSeconds"] = LeastSeconds,
            ["answerFormat"] = new JsonObject { ["decimals"] = AnswerFormat.Decimals, ["integerDigits"] = AnswerFormat.IntegerDigits, ["spaced"] = AnswerFormat.Spaced },
        };
        File.WriteAllText(Path.Combine(directory, FileName), json.ToJsonString(new() { WriteIndented = true }) + "\n");
    }
}
