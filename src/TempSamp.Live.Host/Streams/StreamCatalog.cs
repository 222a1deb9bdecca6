using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>Turns <see cref="StreamsOptions"/> into the specs that sessions run on, and says what is wrong with them.</summary>
internal static partial class StreamCatalog
{
    /// <summary>The enabled streams with their queries resolved, ordered by id. Options must be free of <see cref="Check"/> errors.</summary>
    /// <param name="options">What is configured.</param>
    /// <param name="isOn">Whether a stream is watched now; null for all that are enabled.</param>
    public static IReadOnlyList<StreamSpec> Resolve(StreamsOptions options, Func<string, StreamOptions, bool>? isOn = null) =>
    [
        .. options.Streams
            .Where(stream => stream.Value.Enabled && isOn?.Invoke(stream.Key, stream.Value) != false)
            .OrderBy(stream => stream.Key, StringComparer.Ordinal)
            .Select(stream => new StreamSpec(stream.Key, stream.Value.Url, QueriesOf(stream.Value, options))),
    ];

    /// <summary>Of published streams those that can be used beside the rest of a page, and why the others cannot.</summary>
    /// <param name="published">Settings as JSON, by id.</param>
    /// <param name="page">The page; its own published part does not count.</param>
    /// <param name="read">Reads the settings of files with those of the API, and throws a <see cref="SettingsException"/> when they have errors.</param>
    public static (IReadOnlyDictionary<string, JsonObject> Streams, IReadOnlyList<string> Refused) Usable(
        IReadOnlyDictionary<string, string> published, StreamPage page, Func<ManagedStreams, StreamsOptions> read)
    {
        var (streams, refused) = (new Dictionary<string, JsonObject>(), new List<string>());
        foreach (var (id, text) in published)
        {
            if (page.Options.Streams.ContainsKey(id) && !page.Managed.Streams.ContainsKey(id)) refused.Add($"Streams:{id}: a settings file of this worker defines it too -> remove it from one of them");
            else if (!Name().IsMatch(id) || Parse(text) is not { } settings) refused.Add($"Streams:{id}: its name or its settings cannot be read -> publish it with tempsamp-live streams publish");
            else streams[id] = settings;
        }
        while (true)
        {
            try
            {
                read(page.Managed with { Streams = streams });
                return (streams, refused);
            }
            catch (SettingsException e)
            {
                var bad = streams.Keys.Where(id => e.Errors.Any(error => error.StartsWith($"Streams:{id}:", StringComparison.OrdinalIgnoreCase))).ToArray();
                if (bad.Length == 0) throw;
                refused.AddRange(e.Errors);
                foreach (var id in bad) streams.Remove(id);
            }
        }
    }

    /// <summary>Settings as JSON; null when they are none.</summary>
    public static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A stream that needs nothing around it: the queries of its sets among its own.</summary>
    public static StreamOptions Alone(StreamOptions stream, StreamsOptions all)
    {
        var queries = new Dictionary<string, QueryOptions>();
        foreach (var (id, query) in stream.QuerySets.SelectMany(set => all.Queries[set]).Concat(stream.Queries)) queries[id] = query;
        return stream with { QuerySets = [], Queries = queries };
    }

    /// <summary>When a stream is watched; null: always.</summary>
    public static WeekSchedule? ScheduleOf(StreamOptions stream) => stream.Schedule.Count == 0 ? null
        : new([.. stream.Schedule.Select(WeekWindow.Parse)], TimeZoneInfo.FindSystemTimeZoneById(stream.TimeZone));

    /// <summary>Every rule that spans more than one setting. Collects all errors.</summary>
    public static IEnumerable<SettingError> Check(StreamsOptions options)
    {
        foreach (var (set, queries) in options.Queries)
            foreach (var (id, query) in queries)
                foreach (var error in CheckQuery($"Queries:{set}:{id}", id, query)) yield return error;

        foreach (var (id, stream) in options.Streams)
        {
            var path = $"Streams:{id}";
            if (!Name().IsMatch(id))
                yield return new(path, id, "a stream's id is part of folder names", "use 1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit");
            if (stream.Url.Length == 0)
                yield return new($"{path}:Url", "", "a stream needs an address", "give an rtmp:// or http(s):// address, a file, or listen:KEY");
            foreach (var set in stream.QuerySets.Where(set => !options.Queries.ContainsKey(set)))
                yield return new($"{path}:QuerySets", set, "no such query set", $"use one of: {string.Join(", ", options.Queries.Keys.Order())}; or add Queries:{set}");
            foreach (var (queryId, query) in stream.Queries)
                foreach (var error in CheckQuery($"{path}:Queries:{queryId}", queryId, query)) yield return error;
            foreach (var error in CheckSchedule(path, stream)) yield return error;
            if (stream.Enabled && !stream.Standby && stream.QuerySets.Count == 0 && stream.Queries.Count == 0)
                yield return new(path, "", "nothing to look for", "name a set in QuerySets, add a query to Queries, or set Standby to keep it ready");
        }

        foreach (var shared in options.Streams.Where(s => s.Value.Enabled && s.Value.Url.StartsWith("listen:", StringComparison.Ordinal)).GroupBy(s => s.Value.Url).Where(g => g.Count() > 1))
            yield return new($"Streams:{shared.Last().Key}:Url", shared.Key, $"the key is taken by stream {shared.First().Key}", "give each listening stream its own key");
    }

    private static IEnumerable<SettingError> CheckSchedule(string path, StreamOptions stream)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(stream.TimeZone, out _))
            yield return new($"{path}:TimeZone", stream.TimeZone, "no such time zone", "use an IANA name such as Europe/Berlin or Asia/Shanghai");
        foreach (var window in stream.Schedule)
        {
            string? reason = null;
            try
            {
                WeekWindow.Parse(window);
            }
            catch (FormatException e)
            {
                reason = e.Message;
            }
            if (reason is not null) yield return new($"{path}:Schedule", window, reason, "use windows such as 'Mon-Fri 18:00-23:30', 'Sat,Sun 12:00-02:00' or 'daily 00:00-24:00'");
        }
    }

    private static IEnumerable<SettingError> CheckQuery(string path, string id, QueryOptions query)
    {
        if (!Name().IsMatch(id))
            yield return new(path, id, "a query's id is part of clip ids", "use 1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit");
        if (string.IsNullOrWhiteSpace(query.Text))
            yield return new($"{path}:Text", query.Text, "a query needs a sentence", "describe what is seen, such as \"a goal is scored\"");
        if (query.MinLength > query.MaxLength)
            yield return new($"{path}:MinLength", query.MinLength.ToString(), $"longer than MaxLength, which is {query.MaxLength}", "lower MinLength or raise MaxLength");
    }

    private static IReadOnlyList<HighlightQuery> QueriesOf(StreamOptions stream, StreamsOptions all)
    {
        var byId = new SortedDictionary<string, QueryOptions>(StringComparer.Ordinal);
        foreach (var (id, query) in stream.QuerySets.SelectMany(set => all.Queries[set])) byId[id] = query;
        foreach (var (id, query) in stream.Queries) byId[id] = query;
        return [.. byId.Select(query => Resolve(query.Key, query.Value))];
    }

    private static HighlightQuery Resolve(string id, QueryOptions query) =>
        new(id, query.Text, query.Threshold, new(query.PadBefore, query.PadAfter, query.MinLength, query.MaxLength, query.Cooldown) { Form = new(query.Mode, query.Hls, query.Sprite, query.Vertical) });

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex Name();
}
