using System.Globalization;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>The videos of an annotation file.</summary>
/// <remarks>The last tenth of the videos, at least one, is held out, unless another file brings what is held out.</remarks>
public sealed class AnnotatedVideos : IClipSource
{
    /// <summary>Videos whose kinds are told apart; more would make a classifier of sentences.</summary>
    private const int KindVideos = 16;

    private readonly Video[] _train;
    private readonly Video[] _heldOut;
    private readonly GroundingProfile _profile;
    private readonly DatasetProblems _problems;
    private readonly DecodedVideos _frames;

    private AnnotatedVideos(Video[] train, Video[] heldOut, GroundingProfile profile, DatasetProblems problems)
    {
        (_train, _heldOut, _profile, _problems) = (train, heldOut, profile, problems);
        _frames = new(profile.FrameWidth, profile.FrameHeight, problems);
    }

    /// <inheritdoc/>
    public int? TrainCount => _train.Length;

    /// <inheritdoc/>
    public int? HeldOutCount => _heldOut.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Kinds => _train.Take(KindVideos).SelectMany(v => v.Concepts).Select(c => c.Kind).Distinct();

    /// <inheritdoc/>
    public TrainingClip Train(int n) => Clip(_train[n % _train.Length]);

    /// <inheritdoc/>
    public TrainingClip HeldOut(int n) => Clip(_heldOut[n % _heldOut.Length]);

    /// <summary>Reads an annotation file. Rows that cannot be used are reported and left out.</summary>
    /// <param name="data">The file.</param>
    /// <param name="heldOut">Another file whose videos are all held out; null holds out a tenth of the first.</param>
    /// <param name="profile">Frame size of the model.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="samples">Questions to learn from, drawn evenly with <paramref name="seed"/>, those of a smaller number among those of a larger; 0 is all.</param>
    /// <param name="seed">Of the draw.</param>
    /// <exception cref="TrainerException">A file cannot be read, or too few videos are left.</exception>
    public static AnnotatedVideos Open(DatasetFile data, DatasetFile? heldOut, GroundingProfile profile, DatasetProblems problems, int samples = 0, int seed = 1)
    {
        var videos = Videos(DatasetReader.Read(data, problems));
        if (videos.Length < (heldOut is null ? 2 : 1))
            throw new TrainerException($"{data.Path} names {videos.Length} usable videos: at least two are needed, one to learn from and one to score on.");
        var kept = heldOut is null ? Math.Max(1, videos.Length / 10) : 0;
        var others = heldOut is null ? videos[^kept..] : Videos(DatasetReader.Read(heldOut, problems));
        if (others.Length == 0) throw new TrainerException($"{heldOut!.Path} names no usable video: there is nothing to validate on.");
        return new(Few(videos[..^kept], samples, seed), others, profile, problems);
    }

    private static Video[] Videos(IEnumerable<DatasetRow> rows) => [.. rows.GroupBy(r => r.VideoPath!).Select(video => new Video([.. video]))];

    private static Video[] Few(Video[] videos, int samples, int seed)
    {
        if (samples == 0) return videos;
        var rows = videos.SelectMany(v => v.Rows).Where(r => r.Spans.Count > 0).ToArray();
        if (rows.Length < samples) throw new TrainerException($"There are {rows.Length} questions to learn from, and --samples asks for {samples}.");
        new Random(seed).Shuffle(rows);
        return Videos(rows.Take(samples));
    }

    private TrainingClip Clip(Video video)
    {
        var path = video.Rows[0].VideoPath!;
        var pairs = video.Rows[0].Duration is { } seconds ? Math.Max(1, (int)seconds) : Math.Max(1, _frames.Of(path).Length / 2);
        byte[] Frame(int slot) => _frames.Of(path) is var frames ? frames[Math.Min(slot, frames.Length - 1)] : [];
        return new(pairs, video.Concepts, Frame) { Identity = () => string.Create(CultureInfo.InvariantCulture, $"{DecodedVideos.Digest(path)} {pairs}"), Slots = () => Slots(path, pairs) };
    }

    private int Slots(string path, int pairs)
    {
        var slots = _frames.Of(path).Length;
        if (slots / 2 < pairs - 1)
            _problems.Add(path, 0, DatasetFault.Video, string.Create(CultureInfo.InvariantCulture, $"what is annotated after {slots / 2.0} s, where it ends; its rows say that it has {pairs} s"));
        return slots;
    }

    private sealed class Video(IReadOnlyList<DatasetRow> rows)
    {
        public IReadOnlyList<DatasetRow> Rows { get; } = rows;

        public IReadOnlyList<ClipConcept> Concepts { get; } = [.. rows.GroupBy(r => r.Kind).Select(kind => new ClipConcept(
            kind.Key,
            [.. kind.Select(r => r.Query).Distinct()],
            [.. kind.SelectMany(r => r.Spans).Distinct()]) { Saliency = kind.Select(r => r.Saliency).FirstOrDefault(s => s is { Count: > 0 }) })];
    }
}
