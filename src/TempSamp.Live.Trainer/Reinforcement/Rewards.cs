using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Rewards of single completions (TempSamp-R1, section 3.3).</summary>
public static class Rewards
{
    /// <summary>Temporal IoU of the answer's span and the annotated one; 0 for an answer that does not parse.</summary>
    public static double IoU(string completion, AnswerSpan truth) => GroundingAnswer.Parse(completion)?.IoU(truth) ?? 0;

    /// <summary>1 when the completion is a thought block followed by an answer block and nothing else, else 0.</summary>
    public static double Format(string completion) => GroundingAnswer.IsThoughtAndAnswer(completion) ? 1 : 0;
}
