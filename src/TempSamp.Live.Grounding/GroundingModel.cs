using TempSamp.Live.Core;
using TempSamp.Live.Model;
using TorchSharp;

namespace TempSamp.Live.Grounding;

/// <summary>A loaded model folder: weights, tokenizer, and how the model wants to be shown frames and asked.</summary>
public sealed class GroundingModel : IDisposable
{
    private readonly Lazy<GroundingEngine> _engine;

    /// <summary>Bundles what was loaded or made.</summary>
    public GroundingModel(QwenModel network, ChatTokenizer tokenizer, GroundingProfile profile, PreprocessorConfig preprocessor, IReadOnlyList<int> eosTokenIds, ModelIdentity identity)
    {
        (Network, Tokenizer, Profile, EosTokenIds, Identity) = (network, tokenizer, profile, eosTokenIds, identity);
        Frames = new(preprocessor);
        Size = new(profile.FrameHeight, profile.FrameWidth);
        PairGrid = new(1, Size.Height / preprocessor.PatchSize, Size.Width / preprocessor.PatchSize);
        if (tokenizer.Size > network.Config.Text.VocabSize)
            throw new ModelException($"The tokenizer has {tokenizer.Size} ids but the model only {network.Config.Text.VocabSize} rows. Use tokenizer and weights of the same checkpoint.");
        Grammar = new(tokenizer, profile.AnswerFormat);
        var text = tokenizer.Encode(profile.Prompt.PrefixText);
        _engine = new(() => new(this));
        Layout = new(network.Config, text[..Array.IndexOf(text, network.Config.VideoTokenId)], PairGrid);
    }

    /// <summary>The weights.</summary>
    public QwenModel Network { get; }

    /// <summary>Text to tokens.</summary>
    public ChatTokenizer Tokenizer { get; }

    /// <summary>Wording, frame size, window and hop.</summary>
    public GroundingProfile Profile { get; }

    /// <summary>Frames to patches.</summary>
    public FrameProcessor Frames { get; }

    /// <summary>Size of the frames it is shown.</summary>
    public FrameSize Size { get; }

    /// <summary>Patches of one frame pair.</summary>
    public PatchGrid PairGrid { get; }

    /// <summary>Tokens of one frame pair, which is one second.</summary>
    public int PairTokens => PairGrid.Tokens(Network.Config.Vision.MergeLength);

    /// <summary>Tokens that end a free answer.</summary>
    public IReadOnlyList<int> EosTokenIds { get; }

    /// <summary>For event payloads.</summary>
    public ModelIdentity Identity { get; }

    /// <summary>What its numbers are worth; null where nobody measured, or on other weights.</summary>
    public ModelCalibration? Calibration { get; init; }

    /// <summary>Why a calibration that lies beside the weights is not used; null where there is none, or it is.</summary>
    public string? CalibrationFault { get; init; }

    /// <summary>Lowest calibrated presence whose span posterior is computed, in [0, 1]; above 1 none is.</summary>
    public double PosteriorFrom { get; init; } = new GroundingOptions().PosteriorFrom;

    /// <summary>A presence as the network gave it, calibrated where the model is.</summary>
    internal double CalibratedPresence(double raw) => Calibration?.OfPresence(raw) ?? raw;

    internal AnswerGrammar Grammar { get; }

    internal WindowLayout Layout { get; }

    /// <summary>What runs it; for the model's thread.</summary>
    internal GroundingEngine Engine => _engine.Value;

    /// <summary>Tokens of a question behind a window, the opened turn of the answer included.</summary>
    internal int[] SuffixTokens(string question) => Tokenizer.Encode(Profile.Prompt.SuffixText(question));

    /// <summary>Loads a model folder.</summary>
    /// <param name="options">Which folder, and how it is run.</param>
    /// <param name="torchOptions">Where libtorch comes from.</param>
    /// <param name="progress">Told how far the weights are read.</param>
    /// <exception cref="ModelException">libtorch, the device or a file is missing or unfit; the message says which and what to do.</exception>
    public static GroundingModel Load(GroundingOptions options, TorchOptions? torchOptions = null, IProgress<LoadProgress>? progress = null)
    {
        TorchRuntime.Ensure(torchOptions?.LibraryPath);
        var directory = Locate(options.ModelDirectory);
        var type = options.Precision == Precision.BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
        var profile = GroundingProfile.Load(directory);
        profile = profile with
        {
            HopSeconds = options.HopSeconds > 0 ? options.HopSeconds : profile.HopSeconds,
            WindowSeconds = options.WindowSeconds > 0 ? options.WindowSeconds : profile.WindowSeconds,
            Phases = options.Phases > 0 ? options.Phases : profile.Phases,
        };
        if (profile.WindowSeconds < profile.HopSeconds)
            throw new ModelException($"A window of {profile.WindowSeconds} s is shorter than the hop of {profile.HopSeconds} s. Set Grounding:WindowSeconds and Grounding:HopSeconds so that every second is seen.");
        var network = QwenModel.Load(directory, type, DeviceOf(options.Device), progress);
        network.RecordsPasses = options.RecordedPasses;
        var revision = ModelDigest.Of(directory);
        var calibration = options.UseCalibration ? ModelCalibration.Load(directory) : null;
        return new(
            network, ChatTokenizer.Load(directory), profile, PreprocessorConfig.Load(directory), GenerationConfig.Load(directory).EosTokenIds,
            new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), revision))
        {
            Calibration = calibration?.Model == revision ? calibration : null,
            CalibrationFault = calibration is null || calibration.Model == revision ? null
                : $"{Path.Combine(directory, ModelCalibration.FileName)} was measured on weights {calibration.Model}, but these are {revision}: presence is taken as the model gives it. Measure anew with tempsamp-train calibrate.",
            PosteriorFrom = options.PosteriorFrom,
        };
    }

    /// <summary>Where a model folder is: as given from the working directory, else beside the program.</summary>
    /// <exception cref="ModelException">It is in neither place.</exception>
    public static string Locate(string directory)
    {
        string[] places = [Path.GetFullPath(directory), Path.GetFullPath(directory, AppContext.BaseDirectory)];
        return places.FirstOrDefault(Directory.Exists)
            ?? throw new ModelException($"There is no model folder {string.Join(" or ", places.Distinct())}. Set Grounding:ModelDirectory to a Qwen2.5-VL checkpoint in Hugging Face layout.");
    }

    private static torch.Device DeviceOf(string name) => name == "cpu" || torch.cuda.is_available()
        ? torch.device(name)
        : throw new ModelException($"Grounding:Device is {name}, but this libtorch finds no GPU. Use cpu, or set Torch:LibraryPath to a libtorch built for CUDA and check the driver.");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_engine.IsValueCreated) _engine.Value.Dispose();
        Network.Dispose();
    }
}
