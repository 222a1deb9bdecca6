using TempSamp.Live.Core;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>A finder that knows the truth: it lets a test look at everything around the model with exact expectations, at any speed.</summary>
internal sealed class ScriptedFinder(IReadOnlyDictionary<string, IReadOnlyList<TimeRange>> truths) : IMomentFinder
{
    public WindowProfile Profile { get; } = new(140, 84, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(2));

    public ModelIdentity Model { get; } = new("scripted", "sha256:" + new string('0', 64));

    public IMomentSearch Begin(StreamPlan plan) => new Search(plan, truths);

    private sealed class Search(StreamPlan plan, IReadOnlyDictionary<string, IReadOnlyList<TimeRange>> truths) : IMomentSearch
    {
        private static readonly TimeSpan Slot = TimeSpan.FromSeconds(0.5);
        private MediaTime _seen;

        public ValueTask<IReadOnlyList<WindowVerdict>> PushAsync(SampledFrame frame, CancellationToken cancel)
        {
            Assert.Equal((plan.Profile.FrameWidth, plan.Profile.FrameHeight), (frame.Width, frame.Height));
            _seen = frame.At + Slot;
            var due = (frame.Slot + 1) % (plan.Profile.Hop / Slot) == 0;
            return new(due ? Answer() : []);
        }

        public ValueTask<IReadOnlyList<WindowVerdict>> ChangeAsync(IReadOnlyList<HighlightQuery> changed, CancellationToken cancel)
        {
            plan = plan with { Queries = changed };
            return ValueTask.FromResult<IReadOnlyList<WindowVerdict>>([]);
        }

        public ValueTask<IReadOnlyList<WindowVerdict>> FinishAsync(CancellationToken cancel) => new(Answer());

        public ValueTask DisposeAsync() => default;

        private IReadOnlyList<WindowVerdict> Answer()
        {
            var window = new TimeRange(MediaTime.Max(MediaTime.Zero, _seen - plan.Profile.Window), _seen);
            return
            [
                .. plan.Queries.Select(query =>
                {
                    var shown = truths.GetValueOrDefault(query.Id, []).Select(window.Intersect).Where(part => !part.IsEmpty).ToList();
                    return shown.Count == 0
                        ? new WindowVerdict(query.Id, window, null, 0.02, 0, "")
                        : new WindowVerdict(query.Id, window, shown[^1], 0.98, 0.9, $"{shown[^1]}");
                }),
            ];
        }
    }
}
