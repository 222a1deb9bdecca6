using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace TempSamp.Live.Trainer;

/// <summary>One way of training that an experiment compares.</summary>
/// <param name="Name">Its row in the table.</param>
/// <param name="Options">Fields of <see cref="PolicyOptions"/> that differ from the experiment's.</param>
/// <param name="Clips">Clips to learn from; null for the experiment's number.</param>
/// <param name="Outliers">Share of annotated spans that are wrong; null for the experiment's.</param>
/// <param name="ThinkingTest">Whether the trained model reasons before it answers when it is scored.</param>
public sealed record ExperimentArm(string Name, JsonObject? Options = null, int? Clips = null, double? Outliers = null, bool ThinkingTest = false);

/// <summary>A comparison of ways to train: the same start, data, steps and held-out questions for all of them, over several seeds.</summary>
public sealed record ExperimentPlan
{
    /// <summary>Folder of the model that every run begins from.</summary>
    public required string Model { get; init; }

    /// <summary>What to learn from, as <c>--data</c> of the training verbs.</summary>
    public required string Data { get; init; }

    /// <summary>What to score on, where that is another domain.</summary>
    public string? TestData { get; init; }

    /// <summary>Seeds; every way is trained once with each.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>Clips to learn from.</summary>
    public int Clips { get; init; } = 200;

    /// <summary>Length of a rendered clip in seconds.</summary>
    public int ClipSeconds { get; init; } = 40;

    /// <summary>Share of annotated spans that are moved elsewhere in their clip; the held-out ones stay true.</summary>
    public double Outliers { get; init; }

    /// <summary>By how many seconds the ends of annotated spans are off, as <see cref="LabelNoise.BoundarySeconds"/>; the held-out ones stay true.</summary>
    public double BoundaryNoise { get; init; }

    /// <summary>Length of a held-out window in seconds.</summary>
    public required int TestSeconds { get; init; }

    /// <summary>Held-out clips.</summary>
    public int TestClips { get; init; } = 60;

    /// <summary>Held-out windows, three questions each.</summary>
    public int TestWindows { get; init; } = 128;

    /// <summary>CPU threads; 0 is one per core.</summary>
    public int Threads { get; init; }

    /// <summary>Fields of <see cref="PolicyOptions"/> that all ways share.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>The ways.</summary>
    public required IReadOnlyList<ExperimentArm> Arms { get; init; }

    /// <summary>Way that the differences of the table are taken to; null for the first.</summary>
    public string? Baseline { get; init; }

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Reads a plan; a relative model folder counts from the working directory.</summary>
    /// <exception cref="TrainerException">It is missing, is not JSON, or has a field that does not exist or cannot be.</exception>
    public static ExperimentPlan Read(string path)
    {
        try
        {
            var plan = JsonSerializer.Deserialize<ExperimentPlan>(File.ReadAllText(path), s_json) ?? throw new TrainerException($"{path} is empty: write an experiment as those in models/experiments.");
            plan.Check(path);
            return plan;
        }
        catch (JsonException e)
        {
            throw new TrainerException($"{path}: {e.Message} Compare it with those in models/experiments.", e);
        }
    }

    /// <summary>How one run is trained.</summary>
    public PolicyOptions OptionsOf(ExperimentArm arm, int seed)
    {
        var merged = (JsonObject)Options.DeepClone();
        foreach (var (name, value) in arm.Options ?? []) merged[name] = value?.DeepClone();
        merged["seed"] = seed;
        return merged.Deserialize<PolicyOptions>(s_json)!;
    }

    private void Check(string path)
    {
        if (Seeds.Count == 0 || Arms.Count == 0) throw new TrainerException($"{path} has no seeds or no arms: there is nothing to run.");
        if (Arms.DistinctBy(a => a.Name).Count() < Arms.Count) throw new TrainerException($"{path} has two arms of one name: their results could not be told apart.");
        if (Baseline is not null && Arms.All(a => a.Name != Baseline)) throw new TrainerException($"{path}: the baseline '{Baseline}' is none of the arms.");
        foreach (var share in Arms.Select(a => a.Outliers ?? Outliers))
            if (share is not (>= 0 and <= 1)) throw new TrainerException($"{path}: outliers is {share}; it is a share from 0 to 1.");
        if (!(BoundaryNoise >= 0 && BoundaryNoise < ClipSeconds)) throw new TrainerException($"{path}: boundaryNoise is {BoundaryNoise}; it is in seconds, from 0 to less than clipSeconds.");
        foreach (var arm in Arms) OptionsOf(arm, Seeds[0]);
    }
}
