using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>One solution of a question.</summary>
/// <param name="Tokens">Its tokens up to and including the one that ends the turn; a solution cut at the limit ends without it.</param>
/// <param name="Text">The tokens as text, the end left out.</param>
/// <param name="IsAnnotation">Whether it is the annotation, written down, and not a sample of the policy.</param>
public sealed record Completion(int[] Tokens, string Text, bool IsAnnotation);

/// <summary>A question with its annotated span.</summary>
/// <param name="Prompt">Tokens behind the video: the question and the opened turn of the answer.</param>
/// <param name="Truth">When it happens, in seconds from the window's start.</param>
/// <param name="Highlights">Scores of its 2-second clips; null where the question asks for a span.</param>
public sealed record PolicyQuestion(int[] Prompt, AnswerSpan Truth, IReadOnlyDictionary<int, double>? Highlights = null);

/// <summary>A question and its solutions, the annotation last where there is one.</summary>
/// <param name="Question">The question.</param>
/// <param name="Completions">G solutions.</param>
public sealed record PolicyGroup(PolicyQuestion Question, IReadOnlyList<Completion> Completions);
