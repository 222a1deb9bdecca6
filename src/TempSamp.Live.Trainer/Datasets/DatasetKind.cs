namespace TempSamp.Live.Trainer;

/// <summary>Whose form an annotation file has.</summary>
public enum DatasetKind
{
    /// <summary>JSON lines as <c>render</c> writes them: <see cref="AnnotationRow"/>.</summary>
    Broadcast,

    /// <summary>Charades-STA: lines <c>VIDEO START END##SENTENCE</c>. Lengths come from a <c>Charades_v1_*.csv</c> beside it, else from the videos.</summary>
    Charades,

    /// <summary>ActivityNet Captions: one object, video to <c>duration</c>, <c>timestamps</c>, <c>sentences</c>; or <c>spans</c> and <c>queries</c> as TimeLens-Bench names them.</summary>
    ActivityNet,

    /// <summary>QVHighlights: JSON lines with several <c>relevant_windows</c> and the saliency of 2-second clips.</summary>
    QvHighlights,

    /// <summary>The paper's release: JSON lines with the prompt as <c>problem</c> and the answer's text as <c>answer</c>.</summary>
    Release,

    /// <summary>Reviewed clips of the daemon: JSON lines, each a clip's sidecar with a <c>review</c>; see <see cref="ReviewedClips"/>.</summary>
    Reviews,
}
