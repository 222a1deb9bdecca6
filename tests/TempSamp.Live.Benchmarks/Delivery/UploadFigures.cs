using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Minio;
using Minio.DataModel.Args;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// The same files into the same server, as many at once as the daemon stores at once: through the bare client, and through the store, which afterwards also looks whether
/// the server holds what was sent. Both take turns, and the ratio is the median of the rounds, so that what else the machine does meets both.
/// </summary>
internal static class UploadFigures
{
    /// <summary>A file is of two parts, as larger clips are; a few hundred megabytes in all.</summary>
    private const int FileBytes = 18 << 20, Files = 4, Rounds = 6;

    private static readonly int s_together = new DeliveryOptions().Parallel;

    public static async Task MeasureAsync(Dictionary<string, double> figures)
    {
        using var folder = new BenchFolder();
        await using var server = await S3Server.StartProxyAsync();
        var options = new StoreOptions { Kind = StoreKind.S3, Endpoint = server.Endpoint, AccessKey = S3Server.AccessKey, SecretKey = S3Server.SecretKey, Bucket = "bench" };
        using var store = new S3ClipStore(Options.Create(options), Options.Create(new DeliveryOptions { Directory = folder.Path }), NullLogger<S3ClipStore>.Instance);
        using var http = S3Connection.Http(options);
        using var bare = S3Connection.Client(options, options.Endpoint, http);
        await store.EnsureBucketAsync(default);
        var path = Path.Combine(folder.Path, "clip.mp4");
        var content = new byte[FileBytes];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(path, content);
        var digest = await FileDigest.OfAsync(path, default);

        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            Task OursAsync() => EachAsync(number => PutAsync(store, path, digest, number));
            Task TheirsAsync() => EachAsync(number => PutBareAsync(bare, path, number));
            var isFirst = round % 2 == 0;
            var first = await DeliveryVerb.TimeAsync(isFirst ? OursAsync : TheirsAsync);
            var second = await DeliveryVerb.TimeAsync(isFirst ? TheirsAsync : OursAsync);
            if (round < 0) continue;   // both warmed up
            ours.Add(isFirst ? first : second);
            theirs.Add(isFirst ? second : first);
        }
        figures["upload_mb_per_second"] = FileBytes / 1e6 * Files / DeliveryVerb.Percentile(ours, 0.5);
        figures["upload_bare_mb_per_second"] = FileBytes / 1e6 * Files / DeliveryVerb.Percentile(theirs, 0.5);
        figures["upload_ratio"] = DeliveryVerb.Percentile([.. theirs.Zip(ours, (bare, own) => bare / own)], 0.5);
        figures["upload_ratio_of_sums"] = theirs.Sum() / ours.Sum();
    }

    private static Task EachAsync(Func<int, Task> put) =>
        Parallel.ForEachAsync(Enumerable.Range(0, Files), new ParallelOptions { MaxDegreeOfParallelism = s_together }, async (number, _) => await put(number));

    private static async Task PutAsync(S3ClipStore store, string path, FileDigest digest, int number)
    {
        var plan = DeliveryRun.Plan("bench", number);
        var file = new UnitFile("main", $"{plan.Id}.mp4", "video/mp4", digest.Bytes, digest.Sha256, digest.ETag);
        await store.PutAsync(plan, file, path, default);
        if (await store.CheckAsync(new("main", store.UriOf(plan, file.Name), file.Bytes, file.Sha256, file.ETag) { Md5 = digest.Md5 }, default) is { } wrong) throw new InvalidOperationException(wrong);
    }

    private static async Task PutBareAsync(IMinioClient bare, string path, int number)
    {
        await using var stream = File.OpenRead(path);
        await bare.PutObjectAsync(new PutObjectArgs().WithBucket("bench").WithObject($"bare-{number}").WithStreamData(stream).WithObjectSize(FileBytes).WithContentType("video/mp4"));
    }
}
