using System.CommandLine;
using System.Globalization;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>The flags of training in groups. Their defaults are those of <see cref="PolicyOptions"/>.</summary>
internal sealed class PolicyFlags
{
    private static readonly PolicyOptions s_paper = new();
    private static readonly PolicyRunOptions s_places = new("", new(""), "");

    private readonly List<Option> _all = [];
    private readonly DataFlags _data = new();
    private readonly Option<string> _model, _phases, _loraTargets, _device;
    private readonly Option<DirectoryInfo> _output;
    private readonly Option<int?> _clips, _heldOut, _presences, _warmUp;
    private readonly Option<double?> _rate, _decay;
    private readonly Option<int> _solutions, _windows, _questions, _accumulate, _window, _shortest, _topK, _answerTokens, _thoughtTokens, _seed, _seconds, _validation, _checkpoint, _validate, _keep, _threads, _lora;
    private readonly Option<double> _clip, _temperature, _topP, _beta, _epsilon, _edges, _formatWeight, _loraAlpha, _presenceWeight, _tau, _alpha1, _alpha2, _share, _factor, _found, _scored, _highlightBeta;
    private readonly Option<bool> _exact, _lowerCase, _tuneTower, _checkpointActivations;
    private readonly Option<AdvantageShaping> _shaping;
    private readonly Option<ShapedReward> _shaped;
    private readonly Option<RateSchedule> _schedule;
    private readonly Option<LossAverage> _average;
    private readonly Option<ThoughtTruth> _thoughtTruth;
    private readonly Option<PhaseRestart> _restart;
    private readonly Option<PolicyTask> _task;
    private readonly Option<ClipMapping> _mapping;
    private readonly Option<SaliencyErrorOver> _errorOver;
    private readonly Option<NegativeControl> _control;

    /// <param name="phases">Phases where none are named.</param>
    public PolicyFlags(string phases)
    {
        _model = Flag("--model", "Folder of the model to begin from.", "");
        _model.Required = true;
        _model.DefaultValueFactory = null;
        _output = new("--out") { Description = "Folder of the run and of the trained model; a run that was stopped goes on.", Required = true };
        _all.Add(_output);
        _shaping = Flag("--shaping", "What is done about the annotation's reward: none, downscale, anchor or nonlinear.", s_paper.Shaping);
        _tau = Flag("--tau", "Threshold of the nonlinear map.", s_paper.Constants.Threshold);
        _alpha1 = Flag("--alpha1", "Height of the map's logarithmic branch.", s_paper.Constants.Alpha1);
        _alpha2 = Flag("--alpha2", "Bend of the map's exponential branch.", s_paper.Constants.Alpha2);
        _share = Flag("--downscale-share", "Share of the highest reward that downscaling leaves the annotation.", s_paper.Constants.DownscaleShare);
        _factor = Flag("--anchor-factor", "The annotation's advantage under anchoring, as a multiple of the best solution's.", s_paper.Constants.AnchorFactor);
        _shaped = Flag("--shaped-reward", "What the nonlinear map takes: task, or total with the format reward in it.", s_paper.Shaped);
        _solutions = Flag("--solutions", "Solutions of a question in all, the annotation included.", s_paper.Solutions);
        _phases = Flag("--phases", "Stretches of training: answer:STEPS and think:STEPS, with commas between.", phases);
        _restart = Flag("--restart", "What begins anew with each phase: none, rate or optimizer (with the rate).", s_paper.Restart);
        _windows = Flag("--windows", "Windows a forward pass.", s_paper.Windows);
        _questions = Flag("--questions", "Questions a window.", s_paper.Questions);
        _accumulate = Flag("--accumulate", "Forward passes a step.", s_paper.Accumulate);
        _window = Flag("--window", "Seconds of a window; 0 takes videos whole, one a forward pass.", s_paper.WindowSeconds);
        _shortest = Flag("--shortest-window", "Seconds of the shortest window: each forward pass draws a length from here to --window; 0 for all alike.", s_paper.ShortestSeconds);
        _edges = Flag("--edge-share", "Share of the windows that end while an event goes on, from 0 to 1.", s_paper.EdgeShare);
        _task = Flag("--task", "moment: the span of an event; highlight: times and saliency, for models with the paper's prompts.", s_paper.Task);
        _found = Flag("--highlight-found", "Weight of the clips found in the highlight reward.", s_paper.Highlights.FoundWeight);
        _scored = Flag("--highlight-score", "Weight of their scores.", s_paper.Highlights.ScoreWeight);
        _highlightBeta = Flag("--highlight-beta", "Beta of its F measure.", s_paper.Highlights.Beta);
        _mapping = Flag("--highlight-clips", "Which clip a named time belongs to: exact or timechat.", s_paper.Highlights.Mapping);
        _errorOver = Flag("--highlight-error", "Clips whose scores count: annotated or matched.", s_paper.Highlights.ErrorOver);
        _lowerCase = Flag("--lower-case", "Ask in lower case while training.", s_paper.LowerCase);
        _rate = Flag<double?>("--lr", $"Highest learning rate; {s_paper.LearningRate} when left out.", null);
        _schedule = Flag("--schedule", "cosine, linear or constant.", s_paper.Schedule);
        _warmUp = Flag<int?>("--warm-up", "Steps of the warm-up; 0 when left out.", null);
        _decay = Flag<double?>("--weight-decay", "Weight decay; 0 when left out.", null);
        _clip = Flag("--clip-norm", "Greatest norm of the gradients.", s_paper.ClipNorm);
        _temperature = Flag("--temperature", "Temperature of the samples.", s_paper.Temperature);
        _topP = Flag("--top-p", "Nucleus of the samples; 1 for none.", s_paper.TopP);
        _topK = Flag("--top-k", "Likeliest tokens that are drawn from; 0 for all.", s_paper.TopK);
        _answerTokens = Flag("--answer-tokens", "Most tokens of an answer.", s_paper.AnswerTokens);
        _thoughtTokens = Flag("--thought-tokens", "Most tokens of an answer with reasoning.", s_paper.ThoughtTokens);
        _beta = Flag("--beta", "Weight of the KL term against the model begun from; with --lora that is the model without the adapter.", s_paper.Beta);
        _average = Flag("--average", "Loss over sequence or token means.", s_paper.Average);
        _epsilon = Flag("--epsilon", "Added to the deviation of a group's rewards.", s_paper.Epsilon);
        _formatWeight = Flag("--format-weight", "Weight of the format reward while reasoning.", s_paper.FormatWeight);
        _thoughtTruth = Flag("--thought-truth", "What stands for the annotation while reasoning: splice, answer, none, or span, a thought that names the annotated span.", s_paper.ThoughtTruth);
        _lora = Flag("--lora", "Rank of a low-rank adapter to train instead of all weights of the decoder; 0 for none.", 0);
        _loraAlpha = Flag("--lora-alpha", "The adapter's update is scaled by this over its rank.", new LoraOptions().Alpha);
        _loraTargets = Flag("--lora-targets", "Linear layers that are adapted, with commas between.", string.Join(',', LoraOptions.AllTargets));
        _tuneTower = Flag("--tune-tower", "Train the vision tower too; frames are then encoded anew in every step.", s_paper.TuneTower);
        _checkpointActivations = Flag("--checkpoint-activations", "Compute activations again in the backward pass instead of keeping them.", s_paper.CheckpointActivations);
        _presences = Flag<int?>("--presences", $"Yes-or-no questions a window; beside the groups they keep the model from forgetting to say no. {s_paper.Presences} when left out.", null);
        _presenceWeight = Flag("--presence-weight", "Weight of their loss.", s_paper.PresenceWeight);
        _control = Flag("--control", "Negative control instead of training as it should be: none, randomtruth or shuffledrewards.", s_paper.Control);
        _seed = Flag("--seed", "Seed of clips, windows, questions and samples.", s_paper.Seed);
        _clips = Flag<int?>("--clips", $"Clips to learn from; {s_places.Clips} when left out.", null);
        _seconds = Flag("--seconds", "Length of a painted clip.", s_places.Data.Seconds);
        _heldOut = Flag<int?>("--held-out-clips", $"Clips to validate on; {s_places.HeldOutClips} when left out.", null);
        _validation = Flag("--validation-windows", "Windows that a validation asks.", s_places.ValidationWindows);
        _checkpoint = Flag("--checkpoint-every", "Steps between checkpoints.", s_places.CheckpointEvery);
        _validate = Flag("--validate-every", "Steps between validations, of which the best model is kept under best; 0 validates at the end only.", s_places.ValidateEvery);
        _keep = Flag("--keep", "Checkpoints kept.", s_places.Keep);
        _exact = Flag("--exact", "Compute in float32, so that a resumed run repeats to the last digit.", s_places.Exact);
        _threads = Flag("--threads", "CPU threads; 0 is one per core.", s_places.Threads);
        _device = Flag("--device", "cpu, cuda or cuda:1.", s_places.Device);
    }

    /// <summary>Puts the flags on the verb of a method. Only one with an annotation beside samples shapes anything, and only one with an annotation writes it down.</summary>
    public void AddTo(Command command, PolicyMethod method)
    {
        Option[] ofMixture = [_shaping, _tau, _alpha1, _alpha2, _share, _factor, _shaped];
        Option[] unused = method switch { PolicyMethod.TempSamp => [], PolicyMethod.Sft => ofMixture, _ => [.. ofMixture, _thoughtTruth] };
        foreach (var option in _all.Except(unused)) command.Options.Add(option);
        _data.AddTo(command);
    }

    /// <summary>How to train.</summary>
    /// <exception cref="TrainerException">A value cannot be.</exception>
    public PolicyOptions Options(ParseResult parse, PolicyMethod method) => new()
    {
        Method = method,
        Shaping = method == PolicyMethod.TempSamp ? parse.GetValue(_shaping) : AdvantageShaping.None,
        Shaped = method == PolicyMethod.TempSamp ? parse.GetValue(_shaped) : s_paper.Shaped,
        Constants = method != PolicyMethod.TempSamp ? s_paper.Constants : new()
        {
            Threshold = parse.GetValue(_tau), Alpha1 = parse.GetValue(_alpha1), Alpha2 = parse.GetValue(_alpha2), DownscaleShare = parse.GetValue(_share), AnchorFactor = parse.GetValue(_factor),
        },
        ThoughtTruth = method != PolicyMethod.Grpo ? parse.GetValue(_thoughtTruth) : s_paper.ThoughtTruth,
        Solutions = AtLeast(parse, _solutions, 2),
        Phases = PolicyCommand.Phases(parse.GetValue(_phases)!),
        Restart = parse.GetValue(_restart),
        Windows = AtLeast(parse, _windows, 1),
        Questions = AtLeast(parse, _questions, 1),
        Accumulate = AtLeast(parse, _accumulate, 1),
        WindowSeconds = AtLeast(parse, _window, 0) is > 0 and var seconds && parse.GetValue(_task) == PolicyTask.Highlight
            ? throw new TrainerException($"--window is {seconds}: highlights are asked of whole videos, leave it out with --task highlight.") : parse.GetValue(_window),
        ShortestSeconds = AtLeast(parse, _shortest, 0) is var shortest && shortest <= parse.GetValue(_window) ? shortest
            : throw new TrainerException($"--shortest-window is {shortest}: it must be at most --window, which is {parse.GetValue(_window)}."),
        EdgeShare = parse.GetValue(_edges) is >= 0 and <= 1 and var edges ? edges : throw new TrainerException("--edge-share must be from 0 to 1."),
        Task = parse.GetValue(_task),
        Highlights = new()
        {
            FoundWeight = parse.GetValue(_found), ScoreWeight = parse.GetValue(_scored), Beta = parse.GetValue(_highlightBeta), Mapping = parse.GetValue(_mapping), ErrorOver = parse.GetValue(_errorOver),
        },
        LowerCase = parse.GetValue(_lowerCase),
        LearningRate = parse.GetValue(_rate) ?? s_paper.LearningRate,
        Schedule = parse.GetValue(_schedule),
        WarmUp = parse.GetValue(_warmUp) is null ? s_paper.WarmUp : AtLeast(parse.GetValue(_warmUp)!.Value, 0, _warmUp),
        WeightDecay = parse.GetValue(_decay) ?? s_paper.WeightDecay,
        ClipNorm = parse.GetValue(_clip),
        Temperature = parse.GetValue(_temperature) is > 0 and var t ? t : throw new TrainerException("--temperature must be above 0."),
        TopP = parse.GetValue(_topP) is > 0 and <= 1 and var p ? p : throw new TrainerException("--top-p must be above 0 and at most 1."),
        TopK = AtLeast(parse, _topK, 0),
        AnswerTokens = AtLeast(parse, _answerTokens, 1),
        ThoughtTokens = AtLeast(parse, _thoughtTokens, 1),
        Beta = parse.GetValue(_beta) is >= 0 and var b ? b : throw new TrainerException("--beta must be 0 or more."),
        Average = parse.GetValue(_average),
        Epsilon = parse.GetValue(_epsilon),
        FormatWeight = parse.GetValue(_formatWeight),
        Lora = AtLeast(parse, _lora, 0) is > 0 and var rank
            ? new() { Rank = rank, Alpha = parse.GetValue(_loraAlpha), Targets = parse.GetValue(_loraTargets)!.Split(',', StringSplitOptions.TrimEntries), Seed = parse.GetValue(_seed) } : null,
        TuneTower = parse.GetValue(_tuneTower),
        CheckpointActivations = parse.GetValue(_checkpointActivations),
        Presences = PresencesOr(parse, s_paper.Presences),
        PresenceWeight = parse.GetValue(_presenceWeight),
        Control = parse.GetValue(_control),
        Seed = parse.GetValue(_seed),
    };

    /// <summary>Where a run reads and writes.</summary>
    /// <exception cref="TrainerException">A value cannot be.</exception>
    public PolicyRunOptions Places(ParseResult parse) => new(
        Model(parse), Data(parse), Output(parse), ClipsOr(parse, s_places.Clips), HeldOutOr(parse, s_places.HeldOutClips), AtLeast(parse, _validation, 1),
        AtLeast(parse, _checkpoint, 1), AtLeast(parse, _validate, 0), AtLeast(parse, _keep, 1), parse.GetValue(_exact), AtLeast(parse, _threads, 0), parse.GetValue(_device)!);

    public string Model(ParseResult parse) => parse.GetValue(_model)!;

    public string Output(ParseResult parse) => parse.GetValue(_output)!.FullName;

    public DataOptions Data(ParseResult parse) => _data.Of(parse, parse.GetValue(_seed), parse.GetValue(_seconds));

    public FeatureCache? Cache(ParseResult parse) => _data.CacheOf(parse);

    public bool HasPhases(ParseResult parse) => parse.GetValue(_phases)!.Length > 0;

    public int ClipsOr(ParseResult parse, int value) => parse.GetValue(_clips) is { } named ? AtLeast(named, 1, _clips) : value;

    public int HeldOutOr(ParseResult parse, int value) => parse.GetValue(_heldOut) is { } named ? AtLeast(named, 1, _heldOut) : value;

    public int PresencesOr(ParseResult parse, int value) => parse.GetValue(_presences) is { } named ? AtLeast(named, 0, _presences) : value;

    public double RateOr(ParseResult parse, double value) => parse.GetValue(_rate) ?? value;

    public int WarmUpOr(ParseResult parse, int value) => parse.GetValue(_warmUp) ?? value;

    public double DecayOr(ParseResult parse, double value) => parse.GetValue(_decay) ?? value;

    public double ClipNorm(ParseResult parse) => parse.GetValue(_clip);

    public int Threads(ParseResult parse) => parse.GetValue(_threads) is > 0 and var threads ? threads : Environment.ProcessorCount;

    private Option<T> Flag<T>(string name, string description, T value)
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
        _all.Add(option);
        return option;
    }

    private static int AtLeast(ParseResult parse, Option<int> option, int least) => AtLeast(parse.GetValue(option), least, option);

    private static int AtLeast(int value, int least, Option option) =>
        value >= least ? value : throw new TrainerException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}: it must be at least {least}."));
}
