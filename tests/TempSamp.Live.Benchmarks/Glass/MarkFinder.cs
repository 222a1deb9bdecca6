using TempSamp.Live.Core;

namespace TempSamp.Live.Benchmarks;

/// <summary>A finder that sees a painted mark instead of asking a model: the lower half of the picture is white while the event lasts.</summary>
/// <remarks>Asked every second about the last ten, as a model would be: what it says of each window goes through the same tracker.</remarks>
internal sealed class MarkFinder : IMomentFinder
{
    public WindowProfile Profile { get; } = new(56, 56, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

    public ModelIdentity Model { get; } = new("painted-mark", "none");

    public IMomentSearch Begin(StreamPlan plan) => new Search(this, plan.Queries);

    private sealed class Search(MarkFinder finder, IReadOnlyList<HighlightQuery> queries) : IMomentSearch
    {
        private static readonly MediaTime _slot = MediaTime.FromSeconds(0.5);
        private readonly Queue<(MediaTime At, bool IsMarked)> _seen = [];

        public ValueTask<IReadOnlyList<WindowVerdict>> PushAsync(SampledFrame frame, CancellationToken cancel)
        {
            _seen.Enqueue((frame.At, IsMarked(frame)));
            while (_seen.Count > finder.Profile.Window / _slot.ToTimeSpan()) _seen.Dequeue();
            return ValueTask.FromResult<IReadOnlyList<WindowVerdict>>(frame.Slot % 2 == 1 ? Answer() : []);
        }

        public ValueTask<IReadOnlyList<WindowVerdict>> ChangeAsync(IReadOnlyList<HighlightQuery> changed, CancellationToken cancel)
        {
            queries = changed;
            return ValueTask.FromResult<IReadOnlyList<WindowVerdict>>([]);
        }

        public ValueTask<IReadOnlyList<WindowVerdict>> FinishAsync(CancellationToken cancel) => ValueTask.FromResult<IReadOnlyList<WindowVerdict>>(_seen.Count > 0 ? Answer() : []);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private WindowVerdict[] Answer()
        {
            var window = new TimeRange(_seen.Peek().At, _seen.Last().At + _slot);
            var last = _seen.Reverse().SkipWhile(frame => !frame.IsMarked).TakeWhile(frame => frame.IsMarked).ToList();
            return
            [
                .. queries.Select(query => last.Count == 0
                    ? new WindowVerdict(query.Id, window, window, 0.01, 1, "no mark")
                    : new WindowVerdict(query.Id, window, new(last[^1].At, last[0].At + _slot), 0.99, 1, "mark")),
            ];
        }

        private static bool IsMarked(SampledFrame frame) => frame.Rgb[((frame.Height * 3 / 4 * frame.Width) + (frame.Width / 2)) * 3] > 128;
    }
}
