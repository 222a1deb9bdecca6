using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TempSamp.Live.Contracts.Tests;

/// <summary>What a consumer leans on: events are read in each form, handled once, and gone on with after a restart.</summary>
public sealed class ConsumerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-inbox-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string InboxPath => Path.Combine(_folder, "inbox");

    [Fact]
    public void An_event_reads_the_same_in_structured_and_in_binary_mode()
    {
        var structured = LiveEvent.Parse(Structured(EventTypes.ClipReady, Samples.Ready));
        var binary = LiveEvent.Parse(JsonSerializer.SerializeToUtf8Bytes(Samples.Ready, ContractsJson.Default.ClipReady), Headers(("ce_specversion", "1.0"), ("ce_id", "c1:2"), ("ce_source", "/streams/match-7"),
            ("ce_type", EventTypes.ClipReady), ("ce_subject", "c1"), ("ce_time", "2026-01-01T12:00:01Z"), ("ce_sequence", "00000000000000000007"), ("content-type", "application/json")));
        var wrapped = LiveEvent.Parse(Structured(EventTypes.ClipReady, Samples.Ready), Headers(("content-type", "application/cloudevents+json; charset=UTF-8")));
        foreach (var one in new[] { structured, binary, wrapped })
        {
            Assert.Equal(("c1:2", "/streams/match-7", "c1", "00000000000000000007"), (one.Id, one.Source, one.Subject, one.Sequence));
            Assert.Equal(Samples.Ready.Media[0].Sha256, Assert.IsType<ClipReady>(one.Data).Media[0].Sha256);
        }
    }

    [Fact]
    public void Every_type_has_its_record_and_a_later_type_has_none()
    {
        Assert.IsType<ClipDetected>(LiveEvent.Parse(Structured(EventTypes.ClipDetected, Samples.Detected)).Data);
        Assert.IsType<ClipFailed>(LiveEvent.Parse(Structured(EventTypes.ClipFailed, Samples.Failed)).Data);
        Assert.IsType<StreamStatusChanged>(LiveEvent.Parse(Structured(EventTypes.StreamOnline, Samples.Online)).Data);
        Assert.IsType<StreamStatusChanged>(LiveEvent.Parse(Structured(EventTypes.StreamOffline, Samples.Offline)).Data);
        Assert.Null(LiveEvent.Parse(Structured("io.tempsamp.highlight.clip.ready.v2", Samples.Ready)).Data);
    }

    [Theory]
    [InlineData("{}", "specversion")]
    [InlineData("[]", "JSON object")]
    [InlineData("""{"specversion":"0.3"}""", "only 1.0")]
    [InlineData("""{"specversion":"1.0","type":"x","source":"/s","time":"2026-01-01T12:00:01Z"}""", "'id'")]
    [InlineData("""{"specversion":"1.0","type":"x","source":"/s","id":"1","time":"noon"}""", "'noon'")]
    public void What_is_no_event_is_named(string json, string reason) =>
        Assert.Contains(reason, Assert.ThrowsAny<JsonException>(() => LiveEvent.Parse(Encoding.UTF8.GetBytes(json))).Message);

    [Fact]
    public void An_event_is_new_until_it_is_handled_and_so_it_is_after_a_restart()
    {
        using (var inbox = EventInbox.Open(InboxPath))
        {
            Assert.Null(inbox.Position);
            inbox.Handled(Event("a"), "1");
            inbox.Handled(Event("b"), "2");
        }
        using (var inbox = EventInbox.Open(InboxPath))
        {
            Assert.Equal("2", inbox.Position);
            Assert.Equal((false, false, true), (inbox.IsNew(Event("a")), inbox.IsNew(Event("b")), inbox.IsNew(Event("c"))));
            Assert.True(inbox.IsNew(Event("a") with { Source = "/streams/other" }));   // ids are of a source
        }
    }

    [Fact]
    public void A_line_that_a_crash_tore_off_is_as_if_it_had_not_been_handled()
    {
        using (var inbox = EventInbox.Open(InboxPath))
            foreach (var id in new[] { "a", "b", "c" }) inbox.Handled(Event(id), id);
        var whole = File.ReadAllBytes(InboxPath);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(InboxPath, whole[..length]);
            using var inbox = EventInbox.Open(InboxPath);
            var lines = whole[..length].Count(letter => letter == '\n');
            Assert.Equal(new[] { "a", "b", "c" }.Skip(lines), new[] { "a", "b", "c" }.Where(id => inbox.IsNew(Event(id))));
            Assert.Equal(lines == 0 ? null : "abc"[lines - 1].ToString(), inbox.Position);
        }
    }

    [Fact]
    public void An_inbox_remembers_the_newest_and_its_file_stays_small()
    {
        using (var inbox = EventInbox.Open(InboxPath, remembers: 10))
            for (var number = 0; number < 1000; number++) inbox.Handled(Event($"e{number}"), $"{number}");
        Assert.InRange(File.ReadLines(InboxPath).Count(), 10, 21);
        using var again = EventInbox.Open(InboxPath, remembers: 10);
        Assert.Equal("999", again.Position);
        Assert.False(again.IsNew(Event("e990")));
        Assert.True(again.IsNew(Event("e989")));
    }

    private static LiveEvent Event(string id) => new(id, EventTypes.StreamOnline, "/streams/match-7", "s", default, "", null);

    private static IEnumerable<KeyValuePair<string, byte[]>> Headers(params (string Name, string Value)[] headers) => headers.Select(header => KeyValuePair.Create(header.Name, Encoding.UTF8.GetBytes(header.Value)));

    private static byte[] Structured<T>(string type, T data) where T : notnull => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["specversion"] = "1.0", ["id"] = "c1:2", ["source"] = "/streams/match-7", ["type"] = type, ["subject"] = "c1", ["time"] = "2026-01-01T12:00:01Z", ["sequence"] = "00000000000000000007",
        ["data"] = JsonSerializer.SerializeToNode(data, ContractsJson.Default.GetTypeInfo(typeof(T))!),
    });
}
