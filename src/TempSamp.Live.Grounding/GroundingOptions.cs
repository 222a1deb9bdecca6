using Microsoft.Extensions.Options;

namespace TempSamp.Live.Grounding;

/// <summary>Number format that the model is run in.</summary>
public enum Precision
{
    /// <summary>Exact to the reference; best on CPUs without bfloat16 units.</summary>
    Float32,

    /// <summary>Half the memory; best on GPUs and on CPUs with bfloat16 units.</summary>
    BFloat16,
}

/// <summary>Which model looks at the streams, and how. Section <c>Grounding</c>.</summary>
public sealed record GroundingOptions
{
    /// <summary>Folder of the model in Hugging Face layout. A relative path is looked for in the working directory, then beside the program. Default the bundled model.</summary>
    public string ModelDirectory { get; init; } = "models/tempsamp-mini";

    /// <summary><c>cpu</c>, or <c>cuda</c> or <c>cuda:N</c> for a GPU. Default cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Number format. Default Float32.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>How often each stream is looked at, in whole seconds; 0 takes what the model's <c>tempsamp.json</c> says. Default 0.</summary>
    public int HopSeconds { get; init; }

    /// <summary>Longest clip that is looked at at once, in whole seconds; 0 takes what the model's <c>tempsamp.json</c> says. Default 0, at least <see cref="HopSeconds"/>.</summary>
    public int WindowSeconds { get; init; }

    /// <summary>
    /// Windows of a stream that grow side by side, each begun window / phases seconds after the one before; 0 takes what the model's <c>tempsamp.json</c> says. What is asked
    /// about is at least (phases - 1) / phases of the window long, and reading a stream's video costs phases times the least. Default 0.
    /// </summary>
    public int Phases { get; init; }

    /// <summary>Whether the model's <c>calibration.json</c> is applied, so that presence and confidence are probabilities. Default true.</summary>
    public bool UseCalibration { get; init; } = true;

    /// <summary>
    /// Lowest presence, calibrated where the model is, from which on all spans that a model could answer are weighed against each other, for a better span with a confidence
    /// and a curve; more than 1 for never. It costs one more pass, and that only where an answer is in doubt. Default 0.5.
    /// </summary>
    public double PosteriorFrom { get; init; } = 0.5;

    /// <summary>
    /// On a GPU in bfloat16: whether the launches of small passes are recorded and replayed, which shortens the time to an answer. Turn it off where another libtorch than the documented
    /// ones ends the process while recording. Default true.
    /// </summary>
    public bool RecordedPasses { get; init; } = true;

    /// <summary>CPU threads of the model; 0 is one per core. Default 0.</summary>
    public int Threads { get; init; }
}

/// <summary>Where libtorch comes from. Section <c>Torch</c>.</summary>
public sealed record TorchOptions
{
    /// <summary>Folder of a libtorch 2.10, such as a PyTorch installation's <c>torch/lib</c>; empty takes the one that came with the program. Default empty.</summary>
    public string LibraryPath { get; init; } = "";
}

/// <summary>Collects every fault of <see cref="GroundingOptions"/>, each with its bound.</summary>
public sealed class GroundingOptionsValidator : IValidateOptions<GroundingOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GroundingOptions options)
    {
        var faults = new List<string>();
        void Check(bool isGood, string key, object value, string bound)
        {
            if (!isGood) faults.Add($"Grounding:{key}: {value} -> out of bounds -> use {bound}");
        }

        Check(options.ModelDirectory.Length > 0, nameof(options.ModelDirectory), "an empty path", "a model folder");
        Check(options.Device == "cpu" || options.Device == "cuda" || (options.Device.StartsWith("cuda:", StringComparison.Ordinal) && byte.TryParse(options.Device.AsSpan(5), out _)),
            nameof(options.Device), $"'{options.Device}'", "cpu, cuda or cuda:N");
        Check(Enum.IsDefined(options.Precision), nameof(options.Precision), options.Precision, string.Join(" or ", Enum.GetNames<Precision>()));
        Check(options.HopSeconds >= 0, nameof(options.HopSeconds), options.HopSeconds, "whole seconds, or 0 for the model's own");
        Check(options.WindowSeconds is >= 0 and <= 3600, nameof(options.WindowSeconds), options.WindowSeconds, "whole seconds up to 3600, or 0 for the model's own");
        Check(options.WindowSeconds == 0 || options.WindowSeconds >= options.HopSeconds, nameof(options.WindowSeconds), options.WindowSeconds, "at least HopSeconds");
        Check(options.Phases is >= 0 and <= 64, nameof(options.Phases), options.Phases, "1 to 64, or 0 for the model's own");
        Check(options.PosteriorFrom is >= 0 and <= 2, nameof(options.PosteriorFrom), options.PosteriorFrom, "0 to 1, or 2 for never");
        Check(options.Threads is >= 0 and <= 1024, nameof(options.Threads), options.Threads, "1 to 1024, or 0 for one per core");
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
