using System.Net;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

public sealed class SrtStreamTests : IDisposable
{
    private const string Secret = "correct horse battery";

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-srt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_sender_that_listens_is_called_with_a_stream_id_and_a_passphrase()
    {
        var port = FreePort.Next();
        await using var sender = Send($"srt://127.0.0.1:{port}?mode=listener&passphrase={Uri.EscapeDataString(Secret)}");

        var read = await RetryAsync($"srt://127.0.0.1:{port}?streamid=match-7&passphrase={Uri.EscapeDataString(Secret)}");

        AssertNumbered(read);
    }

    [Fact]
    public async Task A_sender_that_calls_is_listened_for()
    {
        var port = FreePort.Next();
        var reading = Recording.OfAsync($"srt://127.0.0.1:{port}?mode=listener", enough: r => r.Frames.Count >= 4);
        await using var sender = Send($"srt://127.0.0.1:{port}?mode=caller&connect_timeout=8000");

        AssertNumbered(await reading);
    }

    [Fact]
    public async Task A_sender_that_hangs_is_silent()
    {
        var port = FreePort.Next();
        await using var sender = Send($"srt://127.0.0.1:{port}?mode=listener");
        var frozen = false;

        var end = await Assert.ThrowsAsync<StreamException>(() => RetryAsync($"srt://127.0.0.1:{port}", TestStream.Local with { ReadTimeout = TimeSpan.FromSeconds(1) }, read =>
        {
            if (!frozen) sender.Freeze();
            frozen = true;
            return false;
        }));

        Assert.True(end.Reason == "silent", end.Message);
    }

    [Fact]
    public async Task An_address_where_nobody_sends_ends_in_time_and_shows_no_secret()
    {
        var end = await Assert.ThrowsAsync<StreamException>(() =>
            Recording.OfAsync($"srt://127.0.0.1:{FreePort.Next()}?passphrase={Uri.EscapeDataString(Secret)}&streamid=hidden", TestStream.Local with { OpenTimeout = TimeSpan.FromSeconds(2) }));

        Assert.True(end.Reason is "timeout" or "unreachable", end.Message);
        Assert.DoesNotContain("horse", end.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_leads_inside_is_refused_before_anything_is_sent()
    {
        var options = new IngestOptions();
        var guard = new AddressGuard(options, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]));
        var deadline = new Deadline(TimeProvider.System, TestContext.Current.CancellationToken);
        deadline.Set(TimeSpan.FromSeconds(5));

        var refusal = await Task.Run(() => Assert.Throws<StreamException>(() => ProtocolSettings.For(new UrlPolicy(options).Check("srt://inner.example:9000"), guard, deadline)));

        Assert.Equal("forbidden", refusal.Reason);
    }

    [Theory]
    [InlineData("srt://host")]
    [InlineData("srt://:9000")]
    [InlineData("srt://host:9000?mode=rendezvous")]
    [InlineData("srt://host:9000?passphrase=short")]
    [InlineData("srt://host:9000?pbkeylen=17")]
    [InlineData("srt://host:9000?latency=-1")]
    [InlineData("srt://host:9000?tempfile=/etc/passwd")]
    [InlineData("srt://host:9000?streamid=a%0Ab")]
    public void An_address_that_says_something_unknown_or_wrong_is_refused(string url) =>
        Assert.Equal("forbidden", Assert.Throws<StreamException>(() => new UrlPolicy(new IngestOptions()).Check(url)).Reason);

    [Fact]
    public void Secrets_go_to_options_and_not_into_the_address()
    {
        var url = new UrlPolicy(new IngestOptions()).Check($"srt://10.1.2.3:9000?passphrase={Uri.EscapeDataString(Secret)}&latency=120&pbkeylen=32");
        var deadline = new Deadline(TimeProvider.System, TestContext.Current.CancellationToken);

        var settings = ProtocolSettings.For(url, new AddressGuard(new IngestOptions { AllowPrivateAddresses = true }), deadline);

        Assert.Equal(("srt://10.1.2.3:9000", Secret, "120000", "32"), (settings.Target, settings.Options["passphrase"], settings.Options["latency"], settings.Options["pbkeylen"]));
        Assert.Equal("srt://10.1.2.3:9000/", url.ToString());
    }

    private static void AssertNumbered(Recording read)
    {
        var first = TestStream.NumberOf(read.Frames[0]);
        Assert.All(read.Frames, f => Assert.InRange(TestStream.NumberOf(f) - first - (f.Slot * TestStream.Rate / 2), -1, 1));
        Assert.Equal(["h264", "aac"], read.Announced.Take(2).Select(a => a.Format.Codec));
    }

    private ChildProcess Send(string url) => ChildProcess.Start("ffmpeg", "-hide_banner", "-loglevel", "warning", "-nostdin", "-re", "-stream_loop", "3",
        "-i", TestStream.Make(_folder, "live.ts", seconds: 8), "-c", "copy", "-f", "mpegts", url);

    // The sender needs a moment to open its port.
    private static async Task<Recording> RetryAsync(string url, IngestOptions? options = null, Func<Recording, bool>? enough = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Recording.OfAsync(url, options, enough: enough ?? (r => r.Frames.Count >= 4));
            }
            catch (StreamException e) when (attempt < 20 && e.Reason is "unreachable" or "refused")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }
}
