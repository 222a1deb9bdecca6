using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>A group with what its solutions earned.</summary>
/// <param name="Group">Question and solutions.</param>
/// <param name="Rewards">One reward a solution, in the same order.</param>
/// <param name="Advantages">What becomes of them.</param>
public sealed record RewardedGroup(PolicyGroup Group, IReadOnlyList<Reward> Rewards, GroupAdvantages Advantages);

/// <summary>Puts questions into words, writes the annotation down as a solution, and rewards a group.</summary>
/// <param name="tokenizer">Text to tokens.</param>
/// <param name="profile">Wording and answer format, serving's own.</param>
/// <param name="end">Token that ends a turn.</param>
/// <param name="options">Shaping, format weight and the annotation's form.</param>
public sealed class GroupBuilder(ChatTokenizer tokenizer, GroundingProfile profile, int end, PolicyOptions options)
{
    private readonly GroundingPrompt _prompt = profile.Prompt;

    /// <summary>The question in tokens.</summary>
    public PolicyQuestion Ask(Question question, bool thinking)
    {
        var text = Spelt(question.Text);
        var asked = (question.Highlights, thinking) switch
        {
            (null, false) => _prompt.Span(text),
            (null, true) => _prompt.SpanWithThought(text),
            (_, false) => _prompt.Highlights(text),
            (_, true) => _prompt.HighlightsWithThought(text),
        };
        return new(Prompt(asked), question.Span ?? throw new ArgumentException($"The question '{question.Text}' has no span to learn."), question.Highlights);
    }

    /// <summary>A yes-or-no question with its right answer as the only solution: plain supervision.</summary>
    public PolicyGroup Presence(Question question)
    {
        var text = question.Span is null ? _prompt.No : _prompt.Yes;
        return new(new(Prompt(_prompt.Presence(Spelt(question.Text))), default), [new([.. tokenizer.Encode(text), end], text, IsAnnotation: true)]);
    }

    /// <summary>A question with its samples and, where the method has one, the annotation; rewarded.</summary>
    /// <param name="question">The question.</param>
    /// <param name="sampled">The policy's solutions.</param>
    /// <param name="thinking">Whether it was asked to reason.</param>
    /// <param name="seconds">Length of the window.</param>
    /// <param name="random">Of the negative controls.</param>
    public RewardedGroup Build(PolicyQuestion question, IReadOnlyList<Completion> sampled, bool thinking, double seconds, Random random)
    {
        var own = sampled.Select(c => Earned(c, question, thinking)).ToArray();
        if (options.Method == PolicyMethod.Grpo || (thinking && options.Method == PolicyMethod.TempSamp && options.ThoughtTruth == ThoughtTruth.None))
            return Rewarded(question, sampled, own, null, random);

        var truth = Annotation(options.Control == NegativeControl.RandomTruth ? Elsewhere(question, seconds, random) : question, thinking ? Thought(question, sampled, own) : null);
        var reward = new Reward(1, thinking ? options.FormatWeight : 0);
        if (options.Method == PolicyMethod.Sft) return new(new(question, [truth]), [reward], new([1], 1, 0, [1]));
        return Rewarded(question, [.. sampled, truth], own, reward, random);
    }

    /// <summary>The annotation as the policy would write it.</summary>
    /// <param name="question">With the annotation.</param>
    /// <param name="thought">Thought block to put before it; null for none.</param>
    public Completion Annotation(PolicyQuestion question, string? thought)
    {
        var format = profile.AnswerFormat;
        var text = thought + (question.Highlights is { } clips ? format.Opening + HighlightAnswer.Format(clips) + format.Closing : GroundingAnswer.Format(question.Truth, format));
        return new([.. tokenizer.Encode(text), end], text, IsAnnotation: true);
    }

    private int[] Prompt(string question) => tokenizer.Encode(_prompt.SuffixText(question));

    private string Spelt(string query) => options.LowerCase ? query.Trim().ToLowerInvariant() : query;

    private RewardedGroup Rewarded(PolicyQuestion question, IReadOnlyList<Completion> solutions, Reward[] own, Reward? truth, Random random)
    {
        if (options.Control == NegativeControl.ShuffledRewards)
        {
            Reward[] all = truth is { } last ? [.. own, last] : [.. own];
            random.Shuffle(all);
            (own, truth) = (all[..own.Length], truth is null ? null : all[^1]);
        }
        Reward[] rewards = truth is { } t ? [.. own, t] : own;
        return new(new(question, solutions), rewards, GroupAdvantages.Of(own, truth, options.Shaping, options.Constants, options.Epsilon, options.Shaped));
    }

    /// <summary>What a solution earns.</summary>
    public Reward Earned(Completion completion, PolicyQuestion question, bool thinking) => new(
        question.Highlights is { } clips ? HighlightReward.Of(completion.Text, clips, options.Highlights) : Rewards.IoU(completion.Text, question.Truth),
        thinking ? options.FormatWeight * Rewards.Format(completion.Text) : 0);

    private static PolicyQuestion Elsewhere(PolicyQuestion question, double seconds, Random random)
    {
        var length = question.Truth.End - question.Truth.Start;
        var start = random.NextDouble() * Math.Max(0, seconds - length);
        return question with { Truth = new(start, start + length) };
    }

    private string? Thought(PolicyQuestion question, IReadOnlyList<Completion> sampled, Reward[] own) => options.ThoughtTruth switch
    {
        ThoughtTruth.Answer => null,
        ThoughtTruth.Span => ThoughtOf(question.Truth),
        _ => BestThought(sampled, own),
    };

    // A small model has few tokens to spare for tags.
    private string ThoughtOf(AnswerSpan span)
    {
        var range = GroundingAnswer.Seconds(span.Start, profile.AnswerFormat) + AnswerFormat.Middle + GroundingAnswer.Seconds(span.End, profile.AnswerFormat);
        return _prompt.Style == PromptStyle.Short ? $"<think>{range}</think>" : $"<think><timestep>{range}</timestep></think>";
    }

    private static string BestThought(IReadOnlyList<Completion> sampled, Reward[] rewards)
    {
        var wellFormed = Enumerable.Range(0, sampled.Count).Where(i => Rewards.Format(sampled[i].Text) > 0).ToArray();
        if (wellFormed.Length == 0) return "<think></think>";
        var text = sampled[wellFormed.MaxBy(i => rewards[i].Task)].Text.Trim();
        return text[..(text.LastIndexOf("<answer>", StringComparison.Ordinal))];
    }
}
