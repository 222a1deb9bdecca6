namespace TempSamp.Live.Grounding;

/// <summary>What an engine has done so far. Written by the model's thread, read by any.</summary>
internal sealed class EngineCounters
{
    private long _pairs, _passes, _tokens, _answers, _answerPasses, _held, _checked, _following, _checkedThere, _followingThere;
    private int _most;

    /// <summary>Frame pairs turned into rows.</summary>
    public long Pairs => Volatile.Read(ref _pairs);

    /// <summary>Passes that read questions, however many each held.</summary>
    public long Passes => Volatile.Read(ref _passes);

    /// <summary>Tokens of questions and guessed answers that these passes read; what questions have in common counts once.</summary>
    public long Tokens => Volatile.Read(ref _tokens);

    /// <summary>Queries asked of a window.</summary>
    public long Answers => Volatile.Read(ref _answers);

    /// <summary>Answers that the guess was right about: one pass.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Passes of one answer, each of which had to wait for the one before, on average.</summary>
    public double MeanPasses => Answers == 0 ? 0 : (double)Volatile.Read(ref _answerPasses) / Answers;

    /// <summary>The most that one answer took.</summary>
    public int MostPasses => Volatile.Read(ref _most);

    /// <summary>Answers that were compared with free greedy decoding.</summary>
    public long Checked => Volatile.Read(ref _checked);

    /// <summary>Those of them that free greedy decoding would have given too, to the letter: the rest did not follow the template.</summary>
    public long Following => Volatile.Read(ref _following);

    /// <summary>Those of the compared answers whose event was there, by the gate of the posterior.</summary>
    public long CheckedThere => Volatile.Read(ref _checkedThere);

    /// <summary>Those of these that free greedy decoding would have given too. A model that was never shown spans of events that do not happen writes anything there.</summary>
    public long FollowingThere => Volatile.Read(ref _followingThere);

    internal void CountPairs(int pairs) => Interlocked.Add(ref _pairs, pairs);

    internal void CountPass(int tokens)
    {
        Interlocked.Increment(ref _passes);
        Interlocked.Add(ref _tokens, tokens);
    }

    internal void CountAnswer(int passes)
    {
        Interlocked.Increment(ref _answers);
        Interlocked.Add(ref _answerPasses, passes);
        if (passes == 1) Interlocked.Increment(ref _held);
        if (passes > _most) Volatile.Write(ref _most, passes);
    }

    internal void CountCheck(bool follows, bool isThere)
    {
        Interlocked.Increment(ref _checked);
        if (follows) Interlocked.Increment(ref _following);
        if (!isThere) return;
        Interlocked.Increment(ref _checkedThere);
        if (follows) Interlocked.Increment(ref _followingThere);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Answers} answers in {Passes} passes of {Tokens} tokens, {MeanPasses:0.00} dependent passes an answer, at most {MostPasses}, {Held} as guessed; {Following} of {Checked} as in free decoding, {FollowingThere} of {CheckedThere} where the event is there");
}
