using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>What every store must do. A store is done when it passes here.</summary>
public abstract class StoreConformance : IDisposable
{
    protected DeliveryFixture Delivery { get; } = new();

    public void Dispose()
    {
        Delivery.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The store on an empty place of its own.</summary>
    protected abstract Task<IClipStore> OpenAsync();

    [Fact]
    public async Task What_was_put_is_held_until_it_is_removed()
    {
        var store = await OpenAsync();
        var file = await PutAsync(store, "moving pictures");
        Assert.Null(await store.CheckAsync(file, default));
        await store.RemoveAsync(file.Uri, default);
        Assert.Contains("missing", await store.CheckAsync(file, default));
        await store.RemoveAsync(file.Uri, default);
    }

    [Fact]
    public async Task Other_content_and_other_length_are_noticed()
    {
        var store = await OpenAsync();
        var file = await PutAsync(store, "moving pictures");
        await PutAsync(store, "moving_pictures");
        Assert.NotNull(await store.CheckAsync(file, default));
        await PutAsync(store, "moving");
        Assert.NotNull(await store.CheckAsync(file, default));
    }

    [Fact]
    public async Task A_file_of_several_parts_is_put_and_checked()
    {
        var store = await OpenAsync();
        var content = new byte[(FileDigest.PartBytes * 2) + 12345];
        new Random(1).NextBytes(content);
        var file = await PutAsync(store, content);
        Assert.Null(await store.CheckAsync(file, default));
        Assert.NotNull(await store.CheckAsync(file with { Sha256 = new string('0', 64), ETag = "0", Md5 = "0" }, default));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_refusal()
    {
        var store = await OpenAsync();
        await Assert.ThrowsAsync<StoreException>(() => store.PutAsync(DeliveryFixture.Plan(), new("main", "c1.mp4", "video/mp4", 5, "", ""), Path.Combine(Delivery.Root, "nowhere.mp4"), default));
    }

    [Fact]
    public async Task A_whole_clip_arrives_with_poster_sidecar_and_extra_files()
    {
        var store = await OpenAsync();
        await using var running = await Delivery.StartAsync(services => services.Replace(ServiceDescriptor.Singleton(store)));
        await running.Events.PublishAsync(Delivery.Detected(), default);
        var plan = DeliveryFixture.Plan();
        await (await running.Clips.HandOverAsync(plan, DeliveryFixture.Cut(running.Clips, plan, hasExtra: true), default)).Stored;
        var row = running.State.Read(db => ClipTable.Find(db, plan.Id))!;
        Assert.Equal(["main", "poster", "sprite-track", "sidecar"], row.Stored!.Files.Select(file => file.Role));
        foreach (var file in row.Stored.Files) Assert.Null(await store.CheckAsync(file, default));
        await running.StopAsync();
        Assert.Equal("detected ready", Delivery.Story);
    }

    protected Task<StoredFile> PutAsync(IClipStore store, string content) => PutAsync(store, System.Text.Encoding.UTF8.GetBytes(content));

    protected async Task<StoredFile> PutAsync(IClipStore store, byte[] content)
    {
        var path = Path.Combine(Delivery.Root, "c1.mp4");
        File.WriteAllBytes(path, content);
        var digest = await FileDigest.OfAsync(path, default);
        await store.PutAsync(DeliveryFixture.Plan(), new("main", "c1.mp4", "video/mp4", digest.Bytes, digest.Sha256, digest.ETag), path, default);
        return new("main", store.UriOf(DeliveryFixture.Plan(), "c1.mp4"), digest.Bytes, digest.Sha256, digest.ETag) { Md5 = digest.Md5 };
    }
}

/// <summary>The embedded store.</summary>
public sealed class FolderStoreTests : StoreConformance
{
    protected override Task<IClipStore> OpenAsync() => Task.FromResult<IClipStore>(new FolderClipStore(Options.Create(new DeliveryOptions { Directory = Delivery.Root })));
}

/// <summary>What every S3 server must do besides.</summary>
public abstract class S3Conformance : StoreConformance
{
    private static readonly int[] s_sizes = [0, 1, 1 << 20, 5 << 20, (5 << 20) + 1, FileDigest.PartBytes, FileDigest.PartBytes + 1];
    private static int _buckets;

    protected abstract Task<S3Server> ServerAsync();

    protected override async Task<IClipStore> OpenAsync() => Open(await OptionsAsync());

    [Fact]
    public async Task The_server_names_content_as_was_worked_out_so_nothing_is_read_back()
    {
        var store = await OpenAsync();
        var otherwise = new List<string>();
        foreach (var size in s_sizes)
        {
            var content = new byte[size];
            new Random(size).NextBytes(content);
            var file = await PutAsync(store, content);
            if (await store.CheckAsync(file with { Sha256 = "not looked at" }, default) is { } wrong) otherwise.Add($"{size}: {wrong}");
        }
        Assert.True(otherwise.Count == 0, string.Join('\n', otherwise));
    }

    [Fact]
    public async Task A_link_is_signed_for_the_public_address_and_gives_ranges()
    {
        var options = await OptionsAsync();
        var store = Open(options);
        var file = await PutAsync(store, "moving pictures");
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, await store.LinkAsync(file.Uri, TimeSpan.FromMinutes(5)));
        request.Headers.Range = new(7, 10);
        using var answer = await http.SendAsync(request);
        Assert.Equal((HttpStatusCode.PartialContent, "pict"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));

        var elsewhere = Open(options with { PublicEndpoint = "https://media.example.com" });
        var link = (await elsewhere.LinkAsync(file.Uri, TimeSpan.FromMinutes(5)))!;
        Assert.Equal(("https", "media.example.com", true), (link.Scheme, link.Authority, link.Query.Contains("X-Amz-Signature=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Keys_follow_the_template()
    {
        var options = await OptionsAsync();
        var store = Open(options with { KeyTemplate = "{tenant}/{stream}/{year}/{month}/{day}/{hour}/{query}/{session}-{clip}" });
        var file = await PutAsync(store, "moving pictures");
        Assert.Equal($"s3://{options.Bucket}/match/2026/01/01/12/goal/match-s1-c1.mp4", file.Uri);
        Assert.Null(await store.CheckAsync(file, default));
    }

    [Theory]
    [InlineData("wrong", "check Store:AccessKey and Store:SecretKey")]
    public async Task A_wrong_key_pair_is_named(string secret, string message)
    {
        var store = Open(await OptionsAsync() with { SecretKey = secret });
        var refused = await Assert.ThrowsAsync<StoreException>(() => PutAsync(store, "moving pictures"));
        Assert.True(refused.Reason == "forbidden" && refused.Message.Contains(message, StringComparison.Ordinal), refused.ToString());
        Assert.DoesNotContain("wrong", refused.Message);
    }

    [Fact]
    public async Task A_missing_bucket_that_may_not_be_made_is_named()
    {
        var store = Open(await OptionsAsync() with { CreateBucket = false });
        var refused = await Assert.ThrowsAsync<StoreException>(() => PutAsync(store, "moving pictures"));
        Assert.Equal("no-bucket", refused.Reason);
        Assert.Contains("Store:CreateBucket", refused.Message);
    }

    protected async Task<StoreOptions> OptionsAsync() => new()
    {
        Kind = StoreKind.S3, Endpoint = (await ServerAsync()).Endpoint, AccessKey = S3Server.AccessKey, SecretKey = S3Server.SecretKey, Bucket = $"clips-{Environment.ProcessId}-{Interlocked.Increment(ref _buckets)}",
    };

    protected S3ClipStore Open(StoreOptions options) =>
        new(Options.Create(options), Options.Create(new DeliveryOptions { Directory = Delivery.Root }), NullLogger<S3ClipStore>.Instance);
}

/// <summary>S3Proxy.</summary>
public sealed class S3ProxyStoreTests(Servers servers) : S3Conformance
{
    protected override Task<S3Server> ServerAsync() => servers.S3ProxyAsync();

    [Fact]
    public async Task A_server_that_is_down_is_unreachable_and_the_clip_arrives_when_it_is_back()
    {
        Assert.SkipWhen(ToolServer.WhyAbsent("s3proxy") is not null, ToolServer.WhyAbsent("s3proxy") ?? "");
        await using var own = await S3Server.StartProxyAsync();
        var store = Open(await OptionsAsync() with { Endpoint = own.Endpoint });
        await using var running = await Delivery.StartAsync(services => services.Replace(ServiceDescriptor.Singleton<IClipStore>(store)));
        await running.DeliverAsync(Delivery.Detected("before"));
        own.Kill();
        var delivered = running.DeliverAsync(Delivery.Detected("during"));
        await Until.TrueAsync("the store's trouble", TimeSpan.FromMinutes(1), () => Task.FromResult(running.Delivery.Trouble is not null));
        Assert.Contains("check Store:Endpoint", running.Delivery.Trouble);
        await own.StartAgainAsync();
        await Delivery.PassTimeAsync("the clip's arrival", () => delivered.IsCompleted);
        await running.StopAsync();
        Assert.Equal("detected ready detected ready", Delivery.Story);
    }
}

/// <summary>Ceph's gateway.</summary>
public sealed class CephStoreTests(Servers servers) : S3Conformance
{
    protected override Task<S3Server> ServerAsync() => servers.CephAsync();
}
