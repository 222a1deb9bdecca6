namespace TempSamp.Live.Grounding;

/// <summary>Something more that is asked about each query, in the same pass as its span: whether the event happens at all, how sure the span is.</summary>
internal interface IWindowProbe
{
    /// <summary>Tokens whose scores it looks at.</summary>
    IReadOnlyList<int> Choices { get; }

    /// <summary>Rows to read beside the question's in the first pass.</summary>
    IReadOnlyList<SuffixRow> Rows(SpanQuestion question);

    /// <summary>Completes the answer from the scores of its rows.</summary>
    /// <param name="question">The question, its span decided or given up.</param>
    /// <param name="rows">What <see cref="Rows"/> gave, read.</param>
    /// <param name="answer">The answer so far; it has a span.</param>
    WindowAnswer Judge(SpanQuestion question, IReadOnlyList<SuffixRow> rows, WindowAnswer answer);
}
