namespace TempSamp.Live.Grounding;

/// <summary>A stream that is due.</summary>
/// <param name="Windows">Its state, with the pairs that wait.</param>
/// <param name="Queries">What to look for, in the same order at every hop.</param>
internal sealed record StreamHop(StreamWindows Windows, IReadOnlyList<string> Queries);

/// <summary>What was said at a hop.</summary>
/// <param name="Start">First second of the window that answered.</param>
/// <param name="End">The second after its last one.</param>
/// <param name="Answers">One for each query.</param>
internal sealed record StreamAnswers(long Start, long End, IReadOnlyList<WindowAnswer> Answers);
