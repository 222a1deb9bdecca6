using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary><c>streams</c>: reads and writes the streams that the workers of a group share.</summary>
internal static class StreamsVerb
{
    private static readonly JsonSerializerOptions s_settings = new(StreamPage.Json) { PropertyNamingPolicy = null, DictionaryKeyPolicy = null };

    public static Verb Create(VerbContext context) => new("streams", "Reads and writes the streams that workers share (Assignments:Kind Kafka)",
        "tempsamp-live streams publish my-streams.json --Events:Kafka:Servers=kafka:9092",
        "tempsamp-live streams list --Events:Kafka:Servers=kafka:9092",
        "tempsamp-live streams remove match-7 --Events:Kafka:Servers=kafka:9092")
    {
        Publish(context), List(context), Remove(context),
    };

    private static Verb Publish(VerbContext context)
    {
        var file = new Argument<string>("file") { Description = "Settings whose section Streams is published; query sets go along", HelpName = "FILE" };
        var verb = new Verb("publish", "Publishes the streams of a settings file in place of those of the same ids", "tempsamp-live streams publish my-streams.json") { file };
        verb.SetAction(async (parsed, cancel) =>
        {
            var (path, sources) = (parsed.GetValue(file)!, context.Sources(parsed));
            var configuration = (sources with { Files = [.. sources.Files, path] }).Load();
            Settings.Validate(configuration);
            var (all, published) = (Settings.Get<StreamsOptions>(configuration), Of(configuration));
            var ids = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path)).Build().GetSection("Streams").GetChildren().Select(stream => stream.Key).ToList();
            if (ids.Count == 0) throw new InvalidDataException($"{path} has no stream: add some to its section Streams.");
            foreach (var id in ids)
            {
                await published.PutAsync(id, JsonSerializer.Serialize(StreamCatalog.Alone(all.Streams[id], all), s_settings), cancel);
                context.Output.WriteLine($"{id} published");
            }
            return ExitCode.Success;
        });
        return verb;
    }

    private static Verb List(VerbContext context)
    {
        var json = new Option<bool>("--json") { Description = "Print the settings as JSON" };
        var verb = new Verb("list", "Lists the published streams", "tempsamp-live streams list --json") { json };
        verb.SetAction(async (parsed, cancel) =>
        {
            var streams = await ReadAsync(Of(Checked(context, parsed)), cancel);
            if (parsed.GetValue(json)) Json.Write(context.Output, streams);
            else if (streams.Count == 0) context.Output.WriteLine("no stream is published");
            else foreach (var (id, settings) in streams) context.Output.WriteLine($"{id}  {StreamPlanner.Redact((string?)settings["Url"] ?? "")}  {settings["Queries"]?.AsObject().Count ?? 0} queries");
            return ExitCode.Success;
        });
        return verb;
    }

    private static Verb Remove(VerbContext context)
    {
        var names = new Argument<string[]>("id") { Description = "Ids of published streams", HelpName = "ID", Arity = ArgumentArity.OneOrMore };
        var verb = new Verb("remove", "Takes published streams away; their announced clips are finished", "tempsamp-live streams remove match-7") { names };
        verb.SetAction(async (parsed, cancel) =>
        {
            var published = Of(Checked(context, parsed));
            var known = await ReadAsync(published, cancel);
            var unknown = parsed.GetValue(names)!.Where(id => !known.ContainsKey(id)).ToList();
            if (unknown.Count > 0) throw new InvalidDataException($"No stream {string.Join(", ", unknown)} is published; tempsamp-live streams list shows those that are.");
            foreach (var id in parsed.GetValue(names)!)
            {
                await published.PutAsync(id, null, cancel);
                context.Output.WriteLine($"{id} removed");
            }
            return ExitCode.Success;
        });
        return verb;
    }

    private static IConfiguration Checked(VerbContext context, ParseResult parsed)
    {
        var configuration = context.Sources(parsed).Load();
        Settings.Validate(configuration);
        return configuration;
    }

    /// <exception cref="SettingsException">No broker is named.</exception>
    private static PublishedStreams Of(IConfiguration configuration)
    {
        var events = Settings.Get<EventsOptions>(configuration);
        if (events.Kafka.Servers.Length == 0)
            throw new SettingsException([new SettingError("Events:Kafka:Servers", "", "published streams are kept by Kafka", "name its brokers, such as --Events:Kafka:Servers=kafka:9092").ToString()]);
        return new(Options.Create(events), Options.Create(Settings.Get<AssignmentOptions>(configuration)), NullLogger<PublishedStreams>.Instance);
    }

    private static async Task<SortedDictionary<string, JsonObject>> ReadAsync(PublishedStreams published, CancellationToken cancel)
    {
        await foreach (var streams in published.WatchAsync(cancel))
            return new(streams.ToDictionary(stream => stream.Key, stream => StreamCatalog.Parse(stream.Value) ?? new JsonObject { ["Unreadable"] = stream.Value }), StringComparer.Ordinal);
        throw new OperationCanceledException(cancel);
    }
}
