using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>Every fault in the catalogue is provoked, found by its name, and has a fix.</summary>
public sealed class DoctorTests(BrokerOfDoctor broker) : IClassFixture<BrokerOfDoctor>
{
    private static readonly Dictionary<string, Func<DoctorRig, BrokerOfDoctor, Task>> s_cases = new()
    {
        ["settings-unreadable"] = Simple(rig => rig.Files.Add(rig.Folder.Path + "/missing.json")),
        ["settings-invalid"] = Simple(rig => rig.Set("Tape:Length", "soon")),
        ["no-stream"] = Simple(rig => rig.Set("Streams:a:Enabled", "false")),
        ["clock-behind"] = Simple(rig => rig.Time = new FakeTimeProvider(new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero))),

        ["data-unwritable"] = Simple(rig =>
        {
            rig.Set("Delivery:Directory", rig.Nowhere());
            rig.Set("Tape:SpillDirectory", "");
        }),
        ["data-scarce"] = Simple(rig => rig.Set("Delivery:Retention:FreeBytes", $"{long.MaxValue}")),
        ["tape-unwritable"] = Simple(rig => rig.Set("Tape:SpillDirectory", rig.Nowhere())),
        ["log-unwritable"] = Simple(rig => rig.Set("Logging:File", rig.Nowhere() + "/live.log")),
        ["memory-short"] = Simple(rig => rig.Set("Tape:MemoryBytes", $"{1L << 60}")),
        ["state-in-use"] = Simple(rig => rig.Keep(State(rig))),
        ["state-damaged"] = Simple(rig =>
        {
            State(rig).Dispose();
            File.WriteAllBytes(rig.Settings["Delivery:Directory"] + "/state.db", new byte[8192]);
            File.WriteAllText(rig.Settings["Delivery:Directory"] + "/state.db", "this was a database");
        }),
        ["state-unreadable"] = Simple(rig => Directory.CreateDirectory(rig.Settings["Delivery:Directory"] + "/state.db")),
        ["state-newer"] = Simple(rig =>
        {
            State(rig).Dispose();
            using var state = new SqliteConnection($"Data Source={rig.Settings["Delivery:Directory"]}/state.db;Pooling=False");
            state.Open();
            using var command = state.CreateCommand();
            command.CommandText = "PRAGMA user_version=9999";
            command.ExecuteNonQuery();
        }),

        ["ffmpeg-missing"] = Simple(rig =>
        {
            rig.IsApart = true;
            rig.Set("Ingest:FFmpegPath", rig.Folder.Path);
        }),
        ["libtorch-missing"] = Simple(rig =>
        {
            rig.IsApart = true;
            rig.Set("Torch:LibraryPath", rig.Folder.Path);
        }),
        ["gpu-missing"] = Simple(rig => rig.Set("Grounding:Device", "cuda")),
        ["model-missing"] = Simple(rig => rig.Set("Grounding:ModelDirectory", rig.Folder.Path + "/nowhere")),
        ["model-damaged"] = Simple(rig =>
        {
            rig.Folder.Write("config.json", "{}");
            rig.Set("Grounding:ModelDirectory", rig.Folder.Path);
        }),

        ["rtmp-address"] = Simple(rig => rig.Set("Rtmp:Address", "198.51.100.7")),
        ["rtmp-port-taken"] = Simple(rig =>
        {
            rig.Set("Rtmp:Port", Taken(rig));
            rig.Set("Streams:a:Url", "listen:key");
        }),
        ["api-port-taken"] = Simple(rig => rig.Set("Api:Port", Taken(rig))),
        ["api-certificate-unusable"] = Simple(rig =>
        {
            Certify(rig, TimeSpan.FromDays(-1), TimeSpan.FromDays(100));
            File.WriteAllText(rig.Folder.Path + "/api.key", "not a key");
        }),
        ["api-certificate-expired"] = Simple(rig => Certify(rig, TimeSpan.FromDays(-20), TimeSpan.FromDays(-10))),
        ["api-certificate-expiring"] = Simple(rig => Certify(rig, TimeSpan.FromDays(-20), TimeSpan.FromDays(3))),

        ["store-unreachable"] = async (rig, _) => (await rig.UseS3Async()).Before = Hang,
        ["store-certificate"] = async (rig, _) =>
        {
            var certificate = rig.Keep(TestCertificates.SelfSigned(rig.Time.GetUtcNow().AddDays(-20), rig.Time.GetUtcNow().AddDays(-10)));
            rig.Set("Store:CertificateFile", TestCertificates.Write(certificate, rig.Folder.Path + "/s3.pem", rig.Folder.Path + "/s3.key"));
            await rig.UseS3Async(rig.Keep(await FakeS3.StartAsync(certificate)));
        },
        ["store-forbidden"] = async (rig, _) => (await rig.UseS3Async()).Before = http => http.Request.Path != "/" && FakeS3.Refuse(http, 403, "AccessDenied"),
        ["store-not-yours"] = async (rig, _) => (await rig.UseS3Async()).Before = http =>
            FakeS3.IsOfBucket(http) && (http.Request.Method == "PUT" ? FakeS3.Refuse(http, 409, "BucketAlreadyExists") : FakeS3.Refuse(http, 404, "NoSuchBucket")),
        ["store-no-bucket"] = async (rig, _) =>
        {
            (await rig.UseS3Async()).Before = http => FakeS3.IsOfBucket(http) && FakeS3.Refuse(http, 404, "NoSuchBucket");
            rig.Set("Store:CreateBucket", "false");
        },
        ["store-region"] = async (rig, _) => (await rig.UseS3Async()).Before = http => IsPut(http) && FakeS3.Refuse(http, 400, "AuthorizationHeaderMalformed"),
        ["store-full"] = async (rig, _) => (await rig.UseS3Async()).Before = http => IsPut(http) && FakeS3.Refuse(http, 403, "QuotaExceeded"),
        ["store-clock"] = async (rig, _) => (await rig.UseS3Async()).Before = http =>
        {
            http.Response.Headers.Date = rig.Time.GetUtcNow().AddMinutes(-10).ToString("R", CultureInfo.InvariantCulture);
            return false;
        },
        ["store-refuses"] = async (rig, _) => (await rig.UseS3Async()).Before = http => IsPut(http) && FakeS3.Refuse(http, 400, "InvalidStorageClass"),
        ["store-differs"] = async (rig, _) => (await rig.UseS3Async()).Keeps = content => [.. content[..^1], (byte)(content[^1] ^ 1)],
        ["link-unreachable"] = async (rig, _) =>
        {
            await rig.UseS3Async();
            var elsewhere = await FakeS3.StartAsync();
            rig.Set("Store:PublicEndpoint", elsewhere.Endpoint);
            await elsewhere.DisposeAsync();
        },
        ["link-refused"] = async (rig, _) =>
        {
            await rig.UseS3Async();
            var elsewhere = rig.Keep(await FakeS3.StartAsync());
            elsewhere.Before = http => FakeS3.Refuse(http, 403, "SignatureDoesNotMatch");
            rig.Set("Store:PublicEndpoint", elsewhere.Endpoint);
        },
        ["link-differs"] = async (rig, _) =>
        {
            await rig.UseS3Async();
            var elsewhere = rig.Keep(await FakeS3.StartAsync());
            elsewhere.Before = _ => true;
            rig.Set("Store:PublicEndpoint", elsewhere.Endpoint);
        },

        ["broker-unreachable"] = Simple(rig => rig.Set("Events:Kafka:Servers", $"127.0.0.1:{FreePort.Next()}")),
        ["broker-unknown-host"] = Simple(rig => rig.Set("Events:Kafka:Servers", "kafka.invalid:9092")),
        ["broker-tls"] = async (rig, broker) => Secure(rig, await broker.StartedAsync(), authority: "", SecureKafka.Password),
        ["broker-login"] = async (rig, broker) => Secure(rig, await broker.StartedAsync(), (await broker.StartedAsync()).AuthorityFile, "wrong"),
        ["topic-missing"] = async (rig, broker) => Open(rig, await broker.StartedAsync(), "Events:Kafka:CreateTopics", "false"),
        ["topic-copies"] = async (rig, broker) => Open(rig, await broker.StartedAsync(), "Events:Kafka:Replicas", "3"),
        ["topic-forgets"] = async (rig, broker) =>
        {
            Open(rig, await broker.StartedAsync(), "Assignments:Kind", "Kafka");
            rig.Set("Assignments:Topic", rig.Settings["Events:Kafka:ClipTopic"]!);
            rig.Set("Events:Kafka:Replicas", "1");
        },
        ["broker-refuses"] = async (rig, broker) => Open(rig, await broker.StartedAsync(), "Events:Kafka:Partitions", $"{int.MaxValue}"),

        ["webhook-refused"] = Simple(rig => Hook(rig, $"https://127.0.0.1:{Taken(rig)}/hook")),
        ["webhook-unreachable"] = Simple(rig =>
        {
            Hook(rig, $"https://127.0.0.1:{FreePort.Next()}/hook");
            rig.Set("Events:AllowPrivateAddresses", "true");
        }),
        ["stream-refused"] = Simple(rig => rig.Set("Streams:a:Url", "rtmp://127.0.0.1/live/key")),
    };

    public static TheoryData<string> Ids => [.. DoctorFaults.All.Select(fault => fault.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_fault_is_found_by_its_name_with_its_fix(string id)
    {
        Assert.SkipWhen(id == "gpu-missing" && TorchSharp.torch.cuda.is_available(), "this machine has a GPU");
        await using var rig = new DoctorRig();
        await s_cases[id](rig, broker);

        var findings = await rig.ExamineAsync();

        var found = findings.SingleOrDefault(finding => finding.Fault == id);
        Assert.True(found is { Detail.Length: > 0, Fix.Length: > 0 }, string.Join('\n', findings));
        Assert.All(findings.Where(finding => finding.Fault != id), other => Assert.NotEqual(FindingState.Failed, other.State));
    }

    [Fact]
    public void At_least_twenty_five_faults_are_known_and_no_case_is_of_another()
    {
        Assert.Equal(DoctorFaults.All.Select(fault => fault.Id).Order(), s_cases.Keys.Order());
        Assert.True(DoctorFaults.All.Count >= 25);
    }

    [Fact]
    public async Task A_machine_on_which_all_is_well_has_no_fault()
    {
        await using var rig = new DoctorRig();
        await rig.UseS3Async();

        var findings = await rig.ExamineAsync();

        Assert.All(findings, finding => Assert.True(finding.Fault is null, finding.ToString()));
        Assert.Contains("links at", findings.Single(finding => finding.Check == "store").Detail, StringComparison.Ordinal);
        Assert.False(Directory.Exists(rig.Settings["Delivery:Directory"]));
    }

    [Fact]
    public async Task A_broker_that_asks_for_TLS_a_name_and_a_password_is_well_with_the_right_ones()
    {
        await using var rig = new DoctorRig();
        var secure = await broker.StartedAsync();
        Secure(rig, secure, secure.AuthorityFile, SecureKafka.Password);
        rig.Set("Events:Kafka:Replicas", "1");
        rig.Set("Assignments:Kind", "Kafka");
        rig.Set("Assignments:Topic", $"doctor-{Guid.NewGuid():N}");

        var found = (await rig.ExamineAsync()).Single(finding => finding.Check == "broker");

        Assert.True(found.State == FindingState.Good, found.ToString());
        Assert.Contains("has 0 workers now", found.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(SecureKafka.Password, found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_names_every_fault_with_its_fix()
    {
        var (code, output, _) = await Cli.RunAsync("doctor", "--list");

        Assert.Equal(ExitCode.Success, code);
        Assert.All(DoctorFaults.All, fault => Assert.True(output.Contains(fault.Id, StringComparison.Ordinal) && output.Contains(fault.Fix, StringComparison.Ordinal), fault.Id));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_no_failure_where_no_stream_listens_or_the_daemon_runs()
    {
        await using var rig = new DoctorRig();
        rig.Set("Rtmp:Port", Taken(rig));
        Assert.Equal(FindingState.Note, (await rig.ExamineAsync()).Single(finding => finding.Fault == "rtmp-port-taken").State);
        rig.Set("Streams:a:Url", "listen:key");
        rig.Keep(State(rig));
        Assert.Equal(FindingState.Note, (await rig.ExamineAsync()).Single(finding => finding.Fault == "rtmp-port-taken").State);
    }

    private static Func<DoctorRig, BrokerOfDoctor, Task> Simple(Action<DoctorRig> spoil) => (rig, _) =>
    {
        spoil(rig);
        return Task.CompletedTask;
    };

    private static StateDatabase State(DoctorRig rig) =>
        new(Options.Create(new DeliveryOptions { Directory = rig.Settings["Delivery:Directory"]! }), TimeProvider.System, NullLogger<StateDatabase>.Instance);

    private static string Taken(DoctorRig rig)
    {
        var listener = rig.Keep(new TcpListener(IPAddress.Loopback, 0));
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    private static void Certify(DoctorRig rig, TimeSpan from, TimeSpan to)
    {
        var now = rig.Time.GetUtcNow();
        using var certificate = TestCertificates.SelfSigned(now + from, now + to);
        rig.Set("Api:CertificatePath", TestCertificates.Write(certificate, rig.Folder.Path + "/api.pem", rig.Folder.Path + "/api.key"));
        rig.Set("Api:CertificateKeyPath", rig.Folder.Path + "/api.key");
    }

    private static void Open(DoctorRig rig, SecureKafka broker, string key, string value)
    {
        rig.Set("Events:Kafka:Servers", broker.OpenAddress);
        rig.Set("Events:Kafka:ClipTopic", $"doctor-{Guid.NewGuid():N}");
        rig.Set(key, value);
    }

    private static void Secure(DoctorRig rig, SecureKafka broker, string authority, string password)
    {
        Open(rig, broker, "Events:Kafka:Security", "SaslSsl");
        foreach (var (key, value) in new[] { ("Servers", broker.Address), ("Mechanism", "PLAIN"), ("User", SecureKafka.User), ("Password", password), ("CertificateFile", authority) }) rig.Set("Events:Kafka:" + key, value);
    }

    private static void Hook(DoctorRig rig, string url)
    {
        rig.Set("Events:Webhooks:editors:Url", url);
        rig.Set("Events:Webhooks:editors:Secret", "whsec_" + Convert.ToBase64String(new byte[32]));
    }

    private static bool IsPut(HttpContext http) => http.Request.Method == "PUT" && !FakeS3.IsOfBucket(http);

    private static bool Hang(HttpContext http)
    {
        http.Abort();
        return true;
    }
}

/// <summary>The broker that the faults of brokers are provoked on, started by the first that asks.</summary>
public sealed class BrokerOfDoctor : IAsyncLifetime
{
    private readonly Lazy<Task<SecureKafka>> _broker = new(() => SecureKafka.StartAsync(TimeProvider.System.GetUtcNow().AddDays(-1)));

    /// <summary>The broker; skips the test where there is none.</summary>
    public Task<SecureKafka> StartedAsync()
    {
        Assert.SkipWhen(ToolServer.WhyAbsent("kafka") is not null, ToolServer.WhyAbsent("kafka") ?? "");
        return _broker.Value;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_broker.IsValueCreated) await (await _broker.Value).DisposeAsync();
    }
}
