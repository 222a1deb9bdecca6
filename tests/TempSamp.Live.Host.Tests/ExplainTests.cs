using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host.Tests;

/// <summary><c>explain</c> on a file that a daemon would have written, still open for writing.</summary>
public sealed class ExplainTests : IAsyncLifetime
{
    private static readonly SessionIdentity Session = SessionIdentity.Of("match-7", new(2026, 1, 1, 18, 0, 0, TimeSpan.Zero), "arrival");
    private static readonly HighlightQuery Goal = new("goal", "a goal is scored", 0.5, ClipPolicy.Default);

    private readonly TempFolder _folder = new();
    private VerdictStore? _writer;

    public async ValueTask InitializeAsync()
    {
        await using (var store = Store())
            await store.WriteAsync(
                new(Session, new("mini", "6d415c99"), [Goal], Session.StartedAt.AddSeconds(27),
                    [new(Verdict(708, 724, 0.94) with { RawPresence = 0.99, HasPosterior = true, PromptDigest = "1f2e", Saliency = [.. Enumerable.Range(0, 16).Select(s => s / 15.0)] }, VerdictOutcome.FirstSighting, 3), new(Verdict(710, 726, 0.9), VerdictOutcome.Sighting, 3), new(Verdict(730, 746, 0.31), VerdictOutcome.BelowThreshold, null)],
                    [new("goal", 3, TimeRange.FromSeconds(712, 716.5), CandidateEnd.Moment, 2, 0, 0)]),
                TestContext.Current.CancellationToken);
        _writer = Store();
        await _writer.WriteAsync(new(Session, new("mini", "6d415c99"), [Goal], Session.StartedAt, [], []), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_instant_with_a_clip_is_told_in_a_sentence_and_a_table()
    {
        var (code, output, _) = await RunAsync("--at", "2026-01-01T18:11:54Z");
        Assert.Equal(ExitCode.Success, code);
        var clip = ClipId.For("match-7", Session.SessionId, "goal", TimeRange.FromSeconds(712, 716.5));
        Assert.Equal(
            $"""
            match-7 at 2026-01-01 18:11:54.0 UTC, 11:54.0 into session match-7-20260101T180000000Z

            goal: "a goal is scored", threshold 0.50
              Clip: a clip was made of 11:52.0-11:56.5: 2 windows saw it, 0 that hold it whole found nothing.
              Clip id {clip}.
              Asked of mini 6d415c99:
                window           presence         span             confidence         on then  answered after  what became of it
                ---------------  ---------------  ---------------  -----------------  -------  --------------  --------------------------------------------------
                11:48.0-12:04.0  0.94 (raw 0.99)  11:52.0-11:56.5  0.80 expected IoU  0.40     0.00 s          first sighting of candidate 3, which became a clip
                11:50.0-12:06.0  0.90             11:52.0-11:56.5  0.80               -        0.00 s          sighting of candidate 3, which became a clip
            """.ReplaceLineEndings(),
            output.ReplaceLineEndings().TrimEnd());
    }

    [Fact]
    public async Task An_instant_without_a_clip_says_why_in_json()
    {
        var (code, output, _) = await RunAsync("--at", "12:20", "--query", "goal", "--json");
        Assert.Equal(ExitCode.Success, code);
        var query = JsonDocument.Parse(output).RootElement.GetProperty("queries")[0];
        Assert.Equal("belowThreshold", query.GetProperty("reason").GetString());
        Assert.Equal("no window reached the threshold 0.50: the highest presence of 1 is 0.31, in 12:10.0-12:26.0", query.GetProperty("because").GetString());
        Assert.Equal(730_000, query.GetProperty("windows")[0].GetProperty("window").GetProperty("startMs").GetInt64());
    }

    [Fact]
    public async Task An_instant_after_the_last_window_says_how_far_the_session_came()
    {
        var (_, output, _) = await RunAsync("--at", "1:00:00");
        Assert.Contains("The newest window of this session ends at 12:26.0.", output, StringComparison.Ordinal);
        Assert.Contains("No clip: no window that the model was asked about holds this instant", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("match-8", "5", "There are some of match-7")]
    [InlineData("match-7", "2025-01-01T00:00:00Z", "No session of match-7 had begun at 2025-01-01 00:00:00Z")]
    public async Task What_is_not_on_record_is_said(string stream, string at, string message)
    {
        var (code, _, error) = await Cli.RunAsync("explain", "--stream", stream, "--at", at, $"--Delivery:Directory={_folder.Path}");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_record_is_a_failure_with_its_fix()
    {
        using var empty = new TempFolder();
        var (code, _, error) = await Cli.RunAsync("explain", "--stream", "match-7", "--at", "5", $"--Delivery:Directory={empty.Path}");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("Check Delivery:Directory", error, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] args) =>
        Cli.RunAsync(["explain", "--stream", "match-7", .. args, $"--Delivery:Directory={_folder.Path}"]);

    private VerdictStore Store() => new(
        Options.Create(new DeliveryOptions { Directory = _folder.Path }), Options.Create(new VerdictOptions { Keep = TimeSpan.FromDays(3650) }), TimeProvider.System, NullLogger<VerdictStore>.Instance);

    private static WindowVerdict Verdict(double from, double to, double presence) =>
        new("goal", TimeRange.FromSeconds(from, to), TimeRange.FromSeconds(712, 716.5), presence, 0.8, "<answer>04.0 to 08.5</answer>");

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null) await _writer.DisposeAsync();
        _folder.Dispose();
    }
}
