using System.Globalization;
using System.Text;

namespace TempSamp.Live.Benchmarks;

/// <summary>CPU seconds for each second of the stream.</summary>
/// <param name="Way">Who and how.</param>
/// <param name="Rounds">Each round's.</param>
public sealed record IngestFigure(string Way, IReadOnlyList<double> Rounds)
{
    /// <summary>The least: other work on the machine can only add to it.</summary>
    public double Least => Rounds.Min();

    /// <summary>How many such streams a core can take.</summary>
    public double StreamsPerCore => 1 / Least;
}

/// <summary>What the verb prints.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Scene">What was read.</param>
/// <param name="Figures">CPU time of each way.</param>
/// <param name="TapePayload">Encoded bytes of a minute on the tape.</param>
/// <param name="TapeMemory">Managed memory that holds them.</param>
/// <param name="AllocatedOfAMinute">Managed bytes allocated for a minute with <c>Auto</c>; the tape's payload is part of it.</param>
/// <param name="AutoDiffers">Frames of <c>Auto</c> that are not those of <c>Full</c>.</param>
/// <param name="ReferenceFramesDiffer">The same of <c>ReferenceFrames</c>.</param>
public sealed record IngestReport(
    MachineFacts Machine, string Scene, IReadOnlyList<IngestFigure> Figures, long TapePayload, long TapeMemory, long AllocatedOfAMinute, int AutoDiffers, int ReferenceFramesDiffer)
{
    /// <summary>Sample and tape against sampling alone, both on one thread; the goal is at most 1.05.</summary>
    public double FullAgainstFFmpeg => Of("ours, Full") / Of("ffmpeg, 1 thread");

    /// <summary>The same against ffmpeg as it comes.</summary>
    public double FullAgainstFFmpegDefault => Of("ours, Full") / Of("ffmpeg, default threads");

    /// <summary>As the service runs: the same frames with less decoding.</summary>
    public double AutoAgainstFFmpeg => Of("ours, Auto") / Of("ffmpeg, 1 thread");

    /// <summary>How much cheaper each key frame alone is than all pictures, decoded as while nobody looks; the goal is at least 15.</summary>
    public double KeyFramesCheaper => Of("ours, Full") / Of("ours, KeyFrames, unwatched");

    /// <summary>The same of the ffmpeg program, which decodes them as roughly and neither scales nor keeps anything: what is above it would have to decode faster than libavcodec.</summary>
    public double KeyFramesDecodedAlone => Of("ours, Full") / Of("ffmpeg, key frames not scaled");

    /// <summary>The same with everything that the codec does to them.</summary>
    public double SmoothKeyFramesCheaper => Of("ours, Full") / Of("ours, KeyFrames");

    /// <summary>How much cheaper an idle stream is as the service runs, with one key frame in an <c>IdleInterval</c>.</summary>
    public double IdleCheaper => Of("ours, Full") / Of("ours, Auto while idle");

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder().AppendLine(Machine.ToString()).AppendLine(Scene);
        foreach (var figure in Figures)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {figure.Way,-30} {figure.Least:0.0000} CPU s per stream s, {figure.StreamsPerCore,6:0.0} streams a core   ({string.Join(", ", figure.Rounds.Select(r => r.ToString("0.0000", CultureInfo.InvariantCulture)))})");
        return text
            .AppendLine(CultureInfo.InvariantCulture, $"sample and tape / ffmpeg fps=2,scale: {FullAgainstFFmpeg:0.000} on one thread each, {FullAgainstFFmpegDefault:0.000} against its default threads (goal <= 1.05)")
            .AppendLine(CultureInfo.InvariantCulture, $"as the service runs (Auto) / ffmpeg: {AutoAgainstFFmpeg:0.000}; frames that differ from Full: {AutoDiffers}; with ReferenceFrames {ReferenceFramesDiffer}")
            .AppendLine(CultureInfo.InvariantCulture, $"key frames only: {KeyFramesCheaper:0.0} times cheaper than Full (goal >= 15; their decoding alone, by ffmpeg: {KeyFramesDecodedAlone:0.0}); with smoothed block edges {SmoothKeyFramesCheaper:0.0}; idle as the service runs {IdleCheaper:0.0}")
            .Append(CultureInfo.InvariantCulture, $"tape: {TapePayload / 1e6:0.0} MB of packets a minute in {TapeMemory / 1e6:0.0} MB of memory; {AllocatedOfAMinute / 1e6:0.0} MB allocated a minute in all").ToString();
    }

    private double Of(string way) => Figures.Single(f => f.Way == way).Least;
}
