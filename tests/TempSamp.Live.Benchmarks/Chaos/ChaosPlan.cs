namespace TempSamp.Live.Benchmarks;

/// <summary>What a chaos run delivers: everything follows from the seed, so that a run of the pipeline that was killed goes on with the same clips.</summary>
/// <param name="Folder">Where the pipeline keeps its state.</param>
/// <param name="Endpoint">The S3 server.</param>
/// <param name="Brokers">The Kafka broker.</param>
/// <param name="Clips">How many clips.</param>
/// <param name="Seed">Decides contents, sizes and which clips fail.</param>
internal sealed record ChaosPlan(string Folder, string Endpoint, string Brokers, int Clips, int Seed)
{
    /// <summary>Streams that the clips belong to, in turn.</summary>
    public const int Streams = 8;

    /// <summary>One clip in so many cannot be cut.</summary>
    private const int FailsOneIn = 25;

    private const int FewestBytes = 2_000, MostBytes = 400_000, LargeOneIn = 50, LargeBytes = 18 << 20;

    /// <summary>Ids of clips whose announcement the pipeline was told is safe, one a line, flushed.</summary>
    public string AcceptedPath => Path.Combine(Folder, "accepted.txt");

    /// <summary>Exists when everything was delivered.</summary>
    public string DonePath => Path.Combine(Folder, "done");

    /// <summary>Topic of clip events.</summary>
    public string Topic => $"chaos-{Seed}";

    /// <summary>Bucket.</summary>
    public string Bucket => $"chaos-{Seed}";

    /// <summary>Whether a clip cannot be cut.</summary>
    public bool Fails(int number) => new Random(unchecked((Seed * 104729) + number)).Next(FailsOneIn) == 0;

    /// <summary>What a clip holds.</summary>
    public byte[] Content(int number)
    {
        var random = new Random(unchecked((Seed * 7919) + number));
        var content = new byte[random.Next(LargeOneIn) == 0 ? LargeBytes : random.Next(FewestBytes, MostBytes)];
        random.NextBytes(content);
        return content;
    }

    /// <summary>The clip's plan.</summary>
    public static Core.ClipPlan Clip(int number) => DeliveryRun.Plan($"stream-{number % Streams}", number);
}
