using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>
/// What is configured, live: settings files are looked at every second by content, so that a swapped symbolic link counts as a change; the API changes
/// its own part. Each change is validated together with everything else and swapped in whole; a change with errors is told and the last good page stays.
/// Where workers share their streams, the API's part is what is published to all of them, and changes by any of them. Changes by the API are in the file beside this one.
/// </summary>
internal sealed partial class StreamBook : IWantedStreams
{
    /// <summary>How often files, schedules and armed streams are looked at.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly SettingsSources? _sources;
    private readonly string _managedPath;
    private readonly PublishedStreams? _published;
    private readonly TimeProvider _time;
    private readonly ILogger<StreamBook> _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _changed = new(0);
    private string _fingerprint;

    /// <summary>Opens the book.</summary>
    /// <param name="sources">Where settings are read again from; null: they are what <paramref name="configuration"/> says for good.</param>
    /// <param name="configuration">The settings that the daemon starts with, valid.</param>
    /// <param name="managedPath">File of the API's part.</param>
    /// <param name="published">The API's part where workers share it; null keeps it in the file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For changes and refusals.</param>
    /// <exception cref="SettingsException">The API's part is damaged, or does not go with the files any more.</exception>
    public StreamBook(SettingsSources? sources, IConfiguration configuration, string managedPath, PublishedStreams? published, TimeProvider time, ILogger<StreamBook> logger)
    {
        (_sources, _managedPath, _published, _time, _logger) = (sources, managedPath, published, time, logger);
        _fingerprint = Fingerprint();
        var managed = sources is null || published is not null ? ManagedStreams.None : ManagedStreams.Load(managedPath);
        Page = new(1, sources is null ? Settings.Get<StreamsOptions>(configuration) : Read(managed), managed);   // read after the fingerprint: what changes in between is seen as a change
    }

    /// <summary>The page that holds now.</summary>
    public StreamPage Page { get; private set; }

    /// <summary>Why the newest change of the files was refused; empty when it was taken.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    /// <summary>Whether a stream is defined by the API and not by a file.</summary>
    public bool IsManaged(string streamId) => Page.Managed.Streams.ContainsKey(streamId);

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<StreamSpec>> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        IReadOnlyList<StreamSpec>? told = null;
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var following = _published is null ? Task.CompletedTask : FollowAsync(_published, watching.Token);
        try
        {
            while (true)
            {
                var specs = Page.SpecsAt(_time.GetUtcNow());
                if (told is null || !Same(told, specs)) yield return told = specs;
                await WaitAsync(cancel);
                await ReloadIfChangedAsync(cancel);
            }
        }
        finally
        {
            await watching.CancelAsync();
            await following;
        }
    }

    private async Task FollowAsync(PublishedStreams published, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await foreach (var streams in published.WatchAsync(cancel)) await TakeAsync(streams, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (IOException error)
            {
                LogUnread(error, error.Message);
                await Task.Delay(Look, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Takes over what is published; a stream that cannot be used is left out and costs no other.</summary>
    private async Task TakeAsync(IReadOnlyDictionary<string, string> published, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var (streams, refused) = StreamCatalog.Usable(published, Page, managed => Read(managed));
            foreach (var error in refused) LogLeftOut(error);
            var managed = Page.Managed with { Streams = streams };
            Turn(Read(managed), managed);
        }
        catch (SettingsException e)
        {
            Refused = e.Errors;
            LogRefused(Page.Version, e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReloadIfChangedAsync(CancellationToken cancel)
    {
        if (_sources is null) return;
        await _turn.WaitAsync(cancel);
        try
        {
            var now = Fingerprint();
            if (now == _fingerprint) return;
            _fingerprint = now;
            Turn(Read(Page.Managed), Page.Managed);
            Refused = [];
        }
        catch (SettingsException e)
        {
            Refused = e.Errors;
            LogRefused(Page.Version, e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private StreamsOptions Read(ManagedStreams managed)
    {
        using var settings = managed.ToSettings();
        var configuration = _sources!.Load(settings);
        Settings.Validate(configuration);
        return Settings.Get<StreamsOptions>(configuration);
    }

    private void Turn(StreamsOptions options, ManagedStreams managed)
    {
        var next = new StreamPage(Page.Version + 1, options, managed);
        if (next.Digest != Page.Digest) LogTurned(next.Version, next.Digest, options.Streams.Count);
        Page = next;
        _changed.Release();
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using var tick = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(_changed.WaitAsync(tick.Token), Task.Delay(Look, _time, tick.Token));
        await tick.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        while (_changed.CurrentCount > 0) await _changed.WaitAsync(cancel);
    }

    // Contents, not times: a swapped symbolic link changes what is read and nothing else.
    private string Fingerprint()
    {
        if (_sources is null) return "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in _sources.ExistingFiles())
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            try
            {
                hash.AppendData(File.ReadAllBytes(file));
            }
            catch (IOException e)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(e.Message));   // gone or locked this very moment: the next look sees it change again
            }
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static bool Same(IReadOnlyList<StreamSpec> a, IReadOnlyList<StreamSpec> b) =>
        a.Count == b.Count && a.Zip(b).All(pair => pair.First.Id == pair.Second.Id && pair.First.Url == pair.Second.Url && pair.First.Queries.SequenceEqual(pair.Second.Queries));

    [LoggerMessage(Level = LogLevel.Information, Message = "Configuration version {Version} ({Digest}): {Streams} streams")]
    private partial void LogTurned(int version, string digest, int streams);

    [LoggerMessage(Level = LogLevel.Error, Message = "A published stream is left out: {Error}")]
    private partial void LogLeftOut(string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The published streams cannot be read and are asked for again; those that are known stay: {Reason}")]
    private partial void LogUnread(Exception error, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A changed settings file is refused, version {Version} stays: {Errors}")]
    private partial void LogRefused(int version, string errors);
}
