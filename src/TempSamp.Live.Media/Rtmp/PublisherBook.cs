using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Brings publishers and streams together by stream key. A key is known once a stream has asked for it; a known key has at most one
/// publisher. A publisher that comes while its stream restarts is kept waiting for a while.
/// </summary>
internal sealed class PublisherBook(TimeSpan patience, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Makes a key known before its stream starts.</summary>
    public void Expect(string key)
    {
        lock (_lock) EntryOf(key);
    }

    /// <summary>A stream waits for the publisher of its key.</summary>
    /// <exception cref="StreamException">Another stream waits for the same key.</exception>
    public async Task<FlvPipe> WaitAsync(string key, CancellationToken cancel)
    {
        var waiting = new TaskCompletionSource<FlvPipe>(TaskCreationOptions.RunContinuationsAsynchronously);
        Entry entry;
        lock (_lock)
        {
            entry = EntryOf(key);
            if (entry.Stream is not null)
                throw new StreamException($"Two streams listen for key {SecretText.Mask(key)}. Give each its own listen:KEY.", "forbidden");
            entry.Stream = waiting;
            entry.StreamCame.TrySetResult();
        }

        try
        {
            return await waiting.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_lock) if (entry.Stream == waiting) entry.StreamIsGone();
            if (!waiting.TrySetCanceled(cancel)) (await waiting.Task.ConfigureAwait(false)).Dispose(); // the publisher came at the same moment
            throw;
        }
    }

    /// <summary>A publisher offers its stream under a key.</summary>
    /// <returns>Null when a stream took it, else why not.</returns>
    public async Task<string?> OfferAsync(string key, FlvPipe pipe, CancellationToken cancel)
    {
        var deadline = time.GetTimestamp() + (long)(patience.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            Task streamCame;
            lock (_lock)
            {
                if (!_entries.TryGetValue(key, out var entry)) return "no stream has this key";
                if (entry.IsPublished) return "another publisher uses this key";
                if (entry.Stream?.TrySetResult(pipe) == true)
                {
                    entry.StreamIsGone();
                    entry.IsPublished = true;
                    return null;
                }

                streamCame = entry.StreamCame.Task;
            }

            var left = time.GetElapsedTime(time.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero) return "its stream is not running";
            try
            {
                await streamCame.WaitAsync(left, time, cancel).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return "its stream is not running";
            }
        }
    }

    /// <summary>The publisher of a key is gone.</summary>
    public void Release(string key)
    {
        lock (_lock) EntryOf(key).IsPublished = false;
    }

    private Entry EntryOf(string key) => _entries.TryGetValue(key, out var entry) ? entry : _entries[key] = new Entry();

    private sealed class Entry
    {
        public TaskCompletionSource<FlvPipe>? Stream;
        public TaskCompletionSource StreamCame = NewSignal();
        public bool IsPublished;

        public void StreamIsGone() => (Stream, StreamCame) = (null, NewSignal());

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
