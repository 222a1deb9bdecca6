using System.Text.Json.Nodes;

namespace TempSamp.Live.Host;

/// <summary>Changes by the API, each validated together with everything else that is configured.</summary>
internal sealed partial class StreamBook
{
    /// <summary>Puts a stream, whole.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="settings">Its settings, as under <c>Streams:ID</c>.</param>
    /// <param name="check">Called with the present stream or null, inside the change's turn; throws what should stop it.</param>
    /// <exception cref="StreamChangeException">A file defines it, or the result has errors.</exception>
    public Task PutStreamAsync(string id, JsonObject settings, Action<StreamOptions?> check, CancellationToken cancel) =>
        ChangeAsync(page => Owned(page.Options.Streams, page.Managed.Streams, id, check, "stream") with { Streams = ManagedStreams.With(page.Managed.Streams, id, settings) }, cancel, (id, settings));

    /// <summary>Takes a stream away.</summary>
    public Task DeleteStreamAsync(string id, Action<StreamOptions?> check, CancellationToken cancel) =>
        ChangeAsync(page => Existing(page.Options.Streams, page.Managed.Streams, id, check, "stream") with { Streams = ManagedStreams.With(page.Managed.Streams, id, null) }, cancel, (id, null));

    /// <summary>Puts a query set, whole.</summary>
    public Task PutQueriesAsync(string set, JsonObject settings, Action<Dictionary<string, QueryOptions>?> check, CancellationToken cancel) =>
        ChangeAsync(page => Owned(page.Options.Queries, page.Managed.Queries, set, check, "query set") with { Queries = ManagedStreams.With(page.Managed.Queries, set, settings) }, cancel);

    /// <summary>Takes a query set away; refused while a stream uses it.</summary>
    public Task DeleteQueriesAsync(string set, Action<Dictionary<string, QueryOptions>?> check, CancellationToken cancel) =>
        ChangeAsync(page => Existing(page.Options.Queries, page.Managed.Queries, set, check, "query set") with { Queries = ManagedStreams.With(page.Managed.Queries, set, null) }, cancel);

    /// <summary>Watches a stream from now for a while, whatever its schedule says; zero ends that.</summary>
    /// <returns>When it ends.</returns>
    public async Task<DateTimeOffset> ArmAsync(string id, TimeSpan length, CancellationToken cancel)
    {
        var until = _time.GetUtcNow() + length;
        await ChangeAsync(page =>
        {
            if (!page.Options.Streams.ContainsKey(id)) throw Unknown("stream", id);
            var kept = page.Managed.ArmedUntil.Where(a => a.Key != id && a.Value > _time.GetUtcNow()).ToDictionary();
            if (length > TimeSpan.Zero) kept[id] = until;
            return page.Managed with { ArmedUntil = kept };
        }, cancel);
        return until;
    }

    /// <param name="change">What is to be the API's part.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="stream">The one stream that it changes, which can be published; null for a change of something else.</param>
    private async Task ChangeAsync(Func<StreamPage, ManagedStreams> change, CancellationToken cancel, (string Id, JsonObject? Settings)? stream = null)
    {
        if (_sources is null) throw new StreamChangeException("conflict", "this daemon's streams are fixed: it was started without settings that could change");
        if (_published is not null && stream is null)
            throw new StreamChangeException("conflict", "workers share their streams (Assignments:Kind is Kafka), and this would hold on one of them only: put it into the streams' own Queries or Schedule, or into the settings files of every worker");
        await _turn.WaitAsync(cancel);
        try
        {
            var managed = change(Page);
            StreamsOptions options;
            try
            {
                options = Read(managed);
            }
            catch (SettingsException e)
            {
                throw new StreamChangeException("invalid", e.Errors);
            }
            if (_published is null) managed.Save(_managedPath);
            else await _published.PutAsync(stream!.Value.Id, stream.Value.Settings?.ToJsonString(), cancel);
            Turn(options, managed);
        }
        catch (IOException e) when (_published is not null)
        {
            throw new StreamChangeException("unavailable", e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private ManagedStreams Owned<T>(Dictionary<string, T> all, IReadOnlyDictionary<string, JsonObject> managed, string id, Action<T?> check, string what) where T : class
    {
        if (all.ContainsKey(id) && !managed.ContainsKey(id)) throw new StreamChangeException("conflict", $"{what} '{id}' is defined in a settings file: change it there, or use another id");
        check(all.GetValueOrDefault(id));
        return Page.Managed;
    }

    private ManagedStreams Existing<T>(Dictionary<string, T> all, IReadOnlyDictionary<string, JsonObject> managed, string id, Action<T?> check, string what) where T : class =>
        all.ContainsKey(id) ? Owned(all, managed, id, check, what) : throw Unknown(what, id);

    private static StreamChangeException Unknown(string what, string id) => new("unknown", $"there is no {what} '{id}'");
}
