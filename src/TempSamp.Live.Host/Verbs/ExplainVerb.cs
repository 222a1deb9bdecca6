using System.CommandLine;
using System.Globalization;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary><c>explain</c>: what was asked and answered about an instant, and why there was or was no clip. Reads beside a running daemon.</summary>
internal static class ExplainVerb
{
    public static Verb Create(VerbContext context)
    {
        var stream = new Option<string>("--stream") { Description = "Stream id", HelpName = "ID", Required = true };
        var at = new Option<string>("--at") { Description = "UTC such as 2026-01-01T18:12:12Z, or a place in the session such as 0:12:12", HelpName = "TIME", Required = true };
        var query = new Option<string>("--query") { Description = "One query only", HelpName = "ID" };
        var session = new Option<string>("--session") { Description = "Session id for a place in it; otherwise the newest", HelpName = "ID" };
        var json = new Option<bool>("--json") { Description = "Print the explanation as JSON" };
        var verb = new Verb("explain", "Says why there was, or was no, clip at a time",
            "tempsamp-live explain --stream match-7 --at 2026-01-01T18:12:12Z",
            "tempsamp-live explain --stream match-7 --at 0:12:12 --query goal --json")
        {
            stream, at, query, session, json,
        };
        at.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && InstantArgument.Read(token.Value) is null)
                result.AddError($"'{token.Value}' is no time; write UTC such as 2026-01-01T18:12:12Z, or a place in the session such as 83.5 or 0:01:23.5");
        });
        verb.SetAction((parsed, _) => Task.FromResult(Run(
            context, context.Sources(parsed), parsed.GetValue(stream)!, InstantArgument.Read(parsed.GetValue(at)!)!.Value, parsed.GetValue(query), parsed.GetValue(session), parsed.GetValue(json))));
        return verb;
    }

    private static int Run(VerbContext context, SettingsSources sources, string stream, InstantArgument at, string? query, string? sessionId, bool json)
    {
        var configuration = sources.Load();
        Settings.Validate(configuration);
        using var reader = VerdictReader.Open(Settings.Get<DeliveryOptions>(configuration).Directory);
        var session = Find(reader, stream, sessionId, at);
        var place = at.In(session);
        var explanation = reader.Explain(session, place, query);
        if (explanation.Queries.Count == 0)
            throw new InvalidDataException($"Session {session.SessionId} has no verdicts{(query is null ? "" : $" of query {query}")}. Ask without --query to see all that were asked.");
        if (json) Json.Write(context.Output, ExplanationView.Of(explanation));
        else ExplanationPrinter.Print(context.Output, explanation, reader.Newest(session));
        return ExitCode.Success;
    }

    private static SessionIdentity Find(VerdictReader reader, string stream, string? sessionId, InstantArgument at)
    {
        var sessions = reader.Sessions(stream);
        if (sessions.Count == 0)
        {
            var known = reader.Streams();
            throw new InvalidDataException($"No verdict of stream {stream} is on record. {(known.Count > 0 ? $"There are some of {string.Join(", ", known)}." : "There are none of any stream.")}");
        }
        return sessions.LastOrDefault(s => sessionId is null ? at.IsIn(s) : s.SessionId == sessionId)
            ?? throw new InvalidDataException(sessionId is null
                ? $"No session of {stream} had begun at {at}; the first on record is {sessions[0].SessionId}."
                : $"No session {sessionId} of {stream} is on record. There are {string.Join(", ", sessions.TakeLast(5).Select(s => s.SessionId))}.");
    }
}

/// <summary>An instant on the command line: UTC, or a place in a session.</summary>
internal readonly record struct InstantArgument(DateTimeOffset? Utc, MediaTime Place)
{
    /// <summary>Reads <c>2026-01-01T18:12:12Z</c> (an offset may stand for the Z) or what <see cref="TimeArgument"/> reads; null for anything else.</summary>
    public static InstantArgument? Read(string text) =>
        TimeArgument.Read(text) is { } place ? new(null, place)
        : text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var utc) ? new(utc, default)
        : null;

    /// <summary>Whether a session had begun by then.</summary>
    public bool IsIn(SessionIdentity session) => Utc is not { } utc || utc >= session.StartedAt;

    /// <summary>Where it lies on a session's timeline.</summary>
    public MediaTime In(SessionIdentity session) => Utc is { } utc ? MediaTime.From(utc - session.StartedAt) : Place;

    /// <inheritdoc/>
    public override string ToString() => Utc is { } utc ? utc.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : Place.ToString();
}
