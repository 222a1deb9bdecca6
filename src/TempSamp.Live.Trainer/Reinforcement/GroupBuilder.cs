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
    public PolicyQuestion Ask(Question question, bool thinking) => new(
        tokenizer.Encode(_prompt.SuffixText(thinking ? _prompt.SpanWithThought(question.Text) : _prompt.Span(question.Text))),
        question.Span ?? throw new ArgumentException($"The question '{question.Text}' has no span to learn."));

    /// <summary>A question with its samples and, where the method has one, the annotation; rewarded.</summary>
    public RewardedGroup Build(PolicyQuestion question, IReadOnlyList<Completion> sampled, bool thinking)
    {
        var own = sampled.Select(c => Earned(c, question.Truth, thinking)).ToArray();
        if (options.Method == PolicyMethod.Grpo || (thinking && options.Method == PolicyMethod.TempSamp && options.ThoughtTruth == ThoughtTruth.None))
            return new(new(question, sampled), own, GroupAdvantages.Of(own, null, options.Shaping, options.Constants, options.Epsilon));

        var truth = Annotation(question.Truth, thinking ? BestThought(sampled, own) : null);
        var reward = new Reward(1, thinking ? options.FormatWeight : 0);
        if (options.Method == PolicyMethod.Sft) return new(new(question, [truth]), [reward], new([1], 1, 0, [1]));
        return new(new(question, [.. sampled, truth]), [.. own, reward], GroupAdvantages.Of(own, reward, options.Shaping, options.Constants, options.Epsilon));
    }

    /// <summary>The annotation as the policy would write it.</summary>
    /// <param name="truth">The annotated span.</param>
    /// <param name="thought">Thought block to put before it; null for none.</param>
    public Completion Annotation(AnswerSpan truth, string? thought)
    {
        var text = thought + GroundingAnswer.Format(truth, profile.AnswerFormat);
        return new([.. tokenizer.Encode(text), end], text, IsAnnotation: true);
    }

    private Reward Earned(Completion completion, AnswerSpan truth, bool thinking) =>
        new(Rewards.IoU(completion.Text, truth), thinking ? options.FormatWeight * Rewards.Format(completion.Text) : 0);

    private string? BestThought(IReadOnlyList<Completion> sampled, Reward[] rewards)
    {
        if (options.ThoughtTruth == ThoughtTruth.Answer) return null;
        var wellFormed = Enumerable.Range(0, sampled.Count).Where(i => Rewards.Format(sampled[i].Text) > 0).ToArray();
        if (wellFormed.Length == 0) return "<think></think>";
        var text = sampled[wellFormed.MaxBy(i => rewards[i].Task)].Text.Trim();
        return text[..(text.LastIndexOf("<answer>", StringComparison.Ordinal))];
    }
}
