using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TempSamp.Live.Trainer;

/// <summary><c>tempsamp-train grpo</c> and <c>tempsamp-train tempsamp</c>: reinforcement on groups of solutions.</summary>
public static class PolicyCommand
{
    /// <summary>The verb of a method.</summary>
    public static Command Create(string name, PolicyMethod method, string description)
    {
        var paper = new PolicyOptions();
        var places = new PolicyRunOptions("", new(""), "");
        var model = new Option<string>("--model") { Description = "Folder of the model to begin from.", Required = true };
        var data = new DataFlags();
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder of the run and of the trained model; a run that was stopped goes on.", Required = true };
        var shaping = Of("--shaping", "What is done about the annotation's reward: none, downscale, anchor or nonlinear.", paper.Shaping);
        var solutions = Of("--solutions", "Solutions of a question in all, the annotation included.", paper.Solutions);
        var phases = Of("--phases", "Stretches of training: answer:STEPS and think:STEPS, with commas between.", "answer:200");
        var windows = Of("--windows", "Windows a forward pass.", paper.Windows);
        var questions = Of("--questions", "Questions a window.", paper.Questions);
        var accumulate = Of("--accumulate", "Forward passes a step.", paper.Accumulate);
        var window = Of("--window", "Seconds of a window; 0 takes videos whole, one a forward pass.", paper.WindowSeconds);
        var rate = Of("--lr", "Highest learning rate.", paper.LearningRate);
        var schedule = Of("--schedule", "cosine, linear or constant.", paper.Schedule);
        var warmUp = Of("--warm-up", "Steps of the warm-up.", paper.WarmUp);
        var decay = Of("--weight-decay", "Weight decay.", paper.WeightDecay);
        var clip = Of("--clip-norm", "Greatest norm of the gradients.", paper.ClipNorm);
        var temperature = Of("--temperature", "Temperature of the samples.", paper.Temperature);
        var topP = Of("--top-p", "Nucleus of the samples; 1 for none.", paper.TopP);
        var answerTokens = Of("--answer-tokens", "Most tokens of an answer.", paper.AnswerTokens);
        var thoughtTokens = Of("--thought-tokens", "Most tokens of an answer with reasoning.", paper.ThoughtTokens);
        var beta = Of("--beta", "Weight of the KL term against the model begun from.", paper.Beta);
        var average = Of("--average", "Loss over sequence or token means.", paper.Average);
        var epsilon = Of("--epsilon", "Added to the deviation of a group's rewards.", paper.Epsilon);
        var formatWeight = Of("--format-weight", "Weight of the format reward while reasoning.", paper.FormatWeight);
        var thoughtTruth = Of("--thought-truth", "What stands for the annotation while reasoning: splice, answer or none.", paper.ThoughtTruth);
        var seed = Of("--seed", "Seed of clips, windows, questions and samples.", paper.Seed);
        var clips = Of("--clips", "Clips to learn from.", places.Clips);
        var seconds = Of("--seconds", "Length of a rendered clip.", places.Data.Seconds);
        var checkpoint = Of("--checkpoint-every", "Steps between checkpoints.", places.CheckpointEvery);
        var validate = Of("--validate-every", "Steps between validations, of which the best model is kept under best; 0 validates at the end only.", places.ValidateEvery);
        var keep = Of("--keep", "Checkpoints kept.", places.Keep);
        var exact = Of("--exact", "Compute in float32, so that a resumed run repeats to the last digit.", places.Exact);
        var threads = Of("--threads", "CPU threads; 0 is one per core.", places.Threads);

        var command = new Command(name, description)
        {
            model, output, solutions, phases, windows, questions, accumulate, window, rate, schedule, warmUp, decay, clip, temperature, topP, answerTokens, thoughtTokens,
            beta, average, epsilon, formatWeight, seed, clips, seconds, checkpoint, validate, keep, exact, threads,
        };
        data.AddTo(command);
        if (method == PolicyMethod.TempSamp)
        {
            command.Options.Add(shaping);
            command.Options.Add(thoughtTruth);
        }
        command.SetAction((parse, cancel) =>
        {
            var options = new PolicyOptions
            {
                Method = method,
                Shaping = method == PolicyMethod.TempSamp ? parse.GetValue(shaping) : AdvantageShaping.None,
                Solutions = AtLeast(parse.GetValue(solutions), 2, solutions),
                Phases = Phases(parse.GetValue(phases)!),
                Windows = AtLeast(parse.GetValue(windows), 1, windows),
                Questions = AtLeast(parse.GetValue(questions), 1, questions),
                Accumulate = AtLeast(parse.GetValue(accumulate), 1, accumulate),
                WindowSeconds = AtLeast(parse.GetValue(window), 0, window),
                LearningRate = parse.GetValue(rate),
                Schedule = parse.GetValue(schedule),
                WarmUp = AtLeast(parse.GetValue(warmUp), 0, warmUp),
                WeightDecay = parse.GetValue(decay),
                ClipNorm = parse.GetValue(clip),
                Temperature = parse.GetValue(temperature) is > 0 and var t ? t : throw new TrainerException("--temperature must be above 0."),
                TopP = parse.GetValue(topP) is > 0 and <= 1 and var p ? p : throw new TrainerException("--top-p must be above 0 and at most 1."),
                AnswerTokens = AtLeast(parse.GetValue(answerTokens), 1, answerTokens),
                ThoughtTokens = AtLeast(parse.GetValue(thoughtTokens), 1, thoughtTokens),
                Beta = parse.GetValue(beta),
                Average = parse.GetValue(average),
                Epsilon = parse.GetValue(epsilon),
                FormatWeight = parse.GetValue(formatWeight),
                ThoughtTruth = parse.GetValue(thoughtTruth),
                Seed = parse.GetValue(seed),
            };
            var run = new PolicyRunOptions(parse.GetValue(model)!, data.Of(parse, parse.GetValue(seed), parse.GetValue(seconds)), parse.GetValue(output)!.FullName, AtLeast(parse.GetValue(clips), 1, clips),
                CheckpointEvery: AtLeast(parse.GetValue(checkpoint), 1, checkpoint), ValidateEvery: AtLeast(parse.GetValue(validate), 0, validate), Keep: AtLeast(parse.GetValue(keep), 1, keep),
                Exact: parse.GetValue(exact), Threads: parse.GetValue(threads));
            var cache = data.CacheOf(parse);
            var clock = Stopwatch.StartNew();
            return Task.Run(() =>
            {
                new PolicyRun(run, options, line => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:hh\\:mm\\:ss} {line}"))) { Cache = cache }.Run(cancel);
                return 0;
            }, CancellationToken.None); // off this thread, so that Ctrl-C is heard
        });
        return command;
    }

    private static Option<T> Of<T>(string name, string description, T value) => new(name) { Description = description, DefaultValueFactory = _ => value };

    private static int AtLeast(int value, int least, Option<int> option) =>
        value >= least ? value : throw new TrainerException($"{option.Name} is {value}: it must be at least {least}.");

    /// <summary>Reads <c>answer:200,think:100</c>.</summary>
    /// <exception cref="TrainerException">It is spelt otherwise.</exception>
    public static IReadOnlyList<PolicyPhase> Phases(string text) => [.. text.Split(',').Select(part => part.Split(':') switch
    {
        ["answer", var n] when int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps > 0 => new PolicyPhase(steps, Thinking: false),
        ["think", var n] when int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps > 0 => new PolicyPhase(steps, Thinking: true),
        _ => throw new TrainerException($"--phases '{text}': '{part}' is neither answer:STEPS nor think:STEPS. Write them as answer:200,think:100."),
    })];
}
