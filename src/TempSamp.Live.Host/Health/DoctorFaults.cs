namespace TempSamp.Live.Host;

/// <summary>A fault that <c>doctor</c> looks for.</summary>
/// <param name="Id">Its name, which stays the same.</param>
/// <param name="Check">The check that finds it.</param>
/// <param name="State">How much it matters.</param>
/// <param name="Meaning">What is wrong.</param>
/// <param name="Fix">What to do.</param>
internal sealed record DoctorFault(string Id, string Check, FindingState State, string Meaning, string Fix);

/// <summary>Every fault that <c>doctor</c> knows. <c>doctor --list</c> prints them; a test provokes each.</summary>
internal static class DoctorFaults
{
    private static readonly List<DoctorFault> _all = [];

    public static readonly DoctorFault
        SettingsUnreadable = Failure("settings-unreadable", "configuration", "a settings file is missing or not JSON", "correct the file named above"),
        SettingsInvalid = Failure("settings-invalid", "configuration", "a setting does not exist or has no usable value", "correct the settings named above"),
        NoStream = Note("no-stream", "configuration", "no stream is enabled", "add one to Streams, or with PUT /v1/streams/ID; see appsettings.json"),
        ClockBehind = Failure("clock-behind", "clock", "the clock is behind the program's own build", "set the clock, or start a time service such as systemd-timesyncd"),

        DataUnwritable = Failure("data-unwritable", "data folder", "the data folder cannot be written", "make it writable for this user, or set Delivery:Directory to another folder"),
        DataScarce = Failure("data-scarce", "data folder", "the disk of the data folder is nearly full", "free some space, lower Delivery:Retention:FreeBytes, or set Delivery:Directory to another disk"),
        TapeUnwritable = Failure("tape-unwritable", "tape", "the tape's folder cannot be written", "make it writable for this user, or set Tape:SpillDirectory to another folder, or to an empty text for memory only"),
        LogUnwritable = Failure("log-unwritable", "log", "the log file cannot be written", "make its folder writable for this user, or set Logging:File to another file"),
        MemoryShort = Note("memory-short", "memory", "tapes and workers may take more memory than there is", "lower Tape:MemoryBytes, watch fewer streams, or use a larger machine"),
        StateInUse = Note("state-in-use", "state", "a daemon uses the data folder now", "nothing, when it is the one you mean; a second daemon needs a folder of its own"),
        StateDamaged = Note("state-damaged", "state", "the state is damaged", "start the daemon: it sets the file aside and makes the state anew from clips, spool and journal"),
        StateUnreadable = Failure("state-unreadable", "state", "the state cannot be opened", "make state.db and its folder readable and writable for this user"),
        StateNewer = Failure("state-newer", "state", "the state is of a newer program", "use that program, or put back the copy from before the upgrade, state.db.v*.bak"),

        FFmpegMissing = Failure("ffmpeg-missing", "ffmpeg", "FFmpeg's libraries are missing or of another version", "run bash deploy/install-native.sh, or set Ingest:FFmpegPath to the folder of FFmpeg 7.1"),
        TorchMissing = Failure("libtorch-missing", "libtorch", "libtorch does not load", "restore the packages (dotnet restore), run bash deploy/install-native.sh, or set Torch:LibraryPath"),
        GpuMissing = Failure("gpu-missing", "gpu", "a GPU is wanted and libtorch can use none", "build with -p:TorchBackend=cuda or set Torch:LibraryPath to a CUDA libtorch, check the driver with nvidia-smi, or set Grounding:Device to cpu"),
        ModelMissing = Failure("model-missing", "model", "there is no model in the folder", "set Grounding:ModelDirectory to a Qwen2.5-VL folder, or leave the setting away for the bundled model"),
        ModelDamaged = Failure("model-damaged", "model", "the model's files are not whole", "fetch the folder again: config.json, *.safetensors and the tokenizer's files must all be there and whole"),

        RtmpAddress = Failure("rtmp-address", "rtmp port", "Rtmp:Address is no address of this machine", "set Rtmp:Address to one of this machine's, or to 0.0.0.0 for all"),
        RtmpPortTaken = Failure("rtmp-port-taken", "rtmp port", "another program holds the RTMP port", "stop it (ss -ltnp names it), or set Rtmp:Port"),
        ApiPortTaken = Failure("api-port-taken", "api port", "another program holds the API's port", "stop it (ss -ltnp names it), or set Api:Port"),
        ApiCertificateUnusable = Failure("api-certificate-unusable", "api certificate", "the API's certificate and key cannot be used", "name a PEM certificate with its chain in Api:CertificatePath and its private key in Api:CertificateKeyPath"),
        ApiCertificateExpired = Failure("api-certificate-expired", "api certificate", "the API's certificate is not valid now", "renew it and restart the daemon"),
        ApiCertificateExpiring = Note("api-certificate-expiring", "api certificate", "the API's certificate expires within two weeks", "renew it and restart the daemon"),

        StoreUnreachable = Failure("store-unreachable", "store", "the S3 server does not answer", "check Store:Endpoint, that the server is up, and the network between"),
        StoreCertificate = Failure("store-certificate", "store", "the S3 server's certificate is not trusted or has expired", "renew it, or name its authority's certificate in Store:CertificateFile"),
        StoreForbidden = Failure("store-forbidden", "store", "the S3 server denies the key pair", "check Store:AccessKey and Store:SecretKey, and that the pair may read, write, list and delete in the bucket"),
        StoreNotYours = Failure("store-not-yours", "store", "the bucket's name belongs to another account", "set Store:Bucket to another name"),
        StoreNoBucket = Failure("store-no-bucket", "store", "the bucket does not exist", "make it, or set Store:CreateBucket to true"),
        StoreRegion = Failure("store-region", "store", "the bucket is in another region", "set Store:Region"),
        StoreFull = Failure("store-full", "store", "the S3 server has no room", "free some space there or raise the quota"),
        StoreClock = Failure("store-clock", "store", "this machine's clock and the S3 server's differ", "set the clocks, for example with NTP"),
        StoreRefuses = Failure("store-refuses", "store", "the S3 server refuses for a reason of its own", "see the reason named above, and the server's log"),
        StoreDiffers = Failure("store-differs", "store", "the S3 server does not hold what was put", "check the server's disks, and what lies between that changes bodies"),
        LinkUnreachable = Failure("link-unreachable", "store", "links cannot be fetched at the public address", "check Store:PublicEndpoint, and that it leads to the S3 server"),
        LinkRefused = Failure("link-refused", "store", "links are refused at the public address", "let the proxy at Store:PublicEndpoint pass host name, path and query on unchanged: all are part of the signature"),
        LinkDiffers = Failure("link-differs", "store", "links give something else than what was stored", "let Store:PublicEndpoint lead to the same S3 server as Store:Endpoint, without a cache between"),

        BrokerUnreachable = Failure("broker-unreachable", "broker", "no Kafka broker answers", "check Events:Kafka:Servers, that brokers are up, and that the addresses that they advertise can be reached from here"),
        BrokerUnknown = Failure("broker-unknown-host", "broker", "a broker's name cannot be resolved", "check Events:Kafka:Servers and this machine's DNS"),
        BrokerTls = Failure("broker-tls", "broker", "the TLS connection to the brokers fails", "check Events:Kafka:Security, that the brokers' certificates are valid, and that Events:Kafka:CertificateFile names their authority"),
        BrokerLogin = Failure("broker-login", "broker", "the brokers do not accept name and password", "check Events:Kafka:User, Password and Mechanism"),
        TopicMissing = Failure("topic-missing", "broker", "a topic does not exist", "make it, or set Events:Kafka:CreateTopics to true"),
        TopicCopies = Failure("topic-copies", "broker", "a topic wants more copies than there are brokers", "lower Events:Kafka:Replicas, or start more brokers"),
        TopicForgets = Failure("topic-forgets", "broker", "the topic of streams deletes its messages with time", "set cleanup.policy=compact on it, or name another in Assignments:Topic"),
        BrokerRefuses = Failure("broker-refuses", "broker", "the brokers refuse for a reason of their own", "see the reason named above: rights are granted with kafka-acls, Write and Describe on both topics"),

        WebhookRefused = Failure("webhook-refused", "webhooks", "a webhook's address is private or unknown", "name a public host, or set Events:AllowPrivateAddresses to true when receivers are in your own network"),
        WebhookUnreachable = Note("webhook-unreachable", "webhooks", "a webhook's receiver does not answer", "start it, or correct its Url; events wait for it meanwhile"),
        StreamRefused = Note("stream-refused", "streams", "a stream's address is private or unknown", "correct its Url, or set Ingest:AllowPrivateAddresses to true when streams come from your own network");

    /// <summary>All of them, in the order in which they are looked for.</summary>
    public static IReadOnlyList<DoctorFault> All => _all;

    private static DoctorFault Failure(string id, string check, string meaning, string fix) => Add(new(id, check, FindingState.Failed, meaning, fix));

    private static DoctorFault Note(string id, string check, string meaning, string fix) => Add(new(id, check, FindingState.Note, meaning, fix));

    private static DoctorFault Add(DoctorFault fault)
    {
        _all.Add(fault);
        return fault;
    }
}
