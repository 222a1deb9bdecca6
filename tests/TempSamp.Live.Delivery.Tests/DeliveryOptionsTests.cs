using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

public sealed class DeliveryOptionsTests : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public void A_folder_that_is_a_file_is_bad_configuration()
    {
        var file = Path.Combine(_delivery.Root, "file");
        File.WriteAllText(file, "");
        var validator = new DeliveryOptionsValidator();
        Assert.True(validator.Validate(null, new()).Succeeded);
        Assert.Contains("name a folder", validator.Validate(null, new() { Directory = file }).FailureMessage);
        Assert.Contains("(empty)", validator.Validate(null, new() { Directory = " " }).FailureMessage);
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var faults = new DeliveryOptionsValidator().Validate(null, new() { Parallel = 0, RetryFirst = TimeSpan.Zero, RetryMost = TimeSpan.FromSeconds(-1), DrainTime = TimeSpan.FromSeconds(-1) }).Failures!.ToList();
        Assert.Equal(4, faults.Count);
        Assert.Contains("Delivery:Parallel: 0 -> out of bounds -> use 1 to 64", faults);
    }

    [Fact]
    public void Settings_of_TLS_and_SASL_that_cannot_work_are_named_with_their_fix()
    {
        var file = Path.Combine(_delivery.Root, "authority.pem");
        File.WriteAllText(file, "no certificate");
        var store = new StoreOptionsValidator().Validate(null, new() { Kind = StoreKind.S3, Endpoint = "https://s3:9000", AccessKey = "k", SecretKey = "s", CertificateFile = file });
        Assert.Contains("it holds no certificate in PEM", Assert.Single(store.Failures!));

        string[] Kafka(KafkaOptions kafka) => [.. new EventsOptionsValidator().Validate(null, new() { Kafka = kafka with { Servers = "kafka:9092" } }).Failures ?? []];
        Assert.Contains("it holds no certificate in PEM", Assert.Single(Kafka(new() { Security = KafkaSecurity.Ssl, CertificateFile = file })));
        Assert.Contains("set Events:Kafka:Security to SaslSsl", Assert.Single(Kafka(new() { User = "u" })));
        Assert.Contains("SASL needs a name and a password", Assert.Single(Kafka(new() { Security = KafkaSecurity.SaslSsl, User = "u" })));
        Assert.Empty(Kafka(new() { Security = KafkaSecurity.SaslSsl, User = "u", Password = "p" }));
    }

    [Fact]
    public void A_store_without_server_or_keys_is_named_and_no_secret_is_shown()
    {
        var validator = new StoreOptionsValidator();
        Assert.True(validator.Validate(null, new()).Succeeded);
        Assert.Equal(3, validator.Validate(null, new() { Kind = StoreKind.S3 }).Failures!.Count());
        var good = new StoreOptions { Kind = StoreKind.S3, Endpoint = "https://minio:9000", AccessKey = "a", SecretKey = "hidden" };
        Assert.True(validator.Validate(null, good).Succeeded);
        foreach (var (bad, key) in new[] { (good with { Endpoint = "minio:9000" }, "Endpoint"), (good with { Bucket = "No" }, "Bucket"), (good with { KeyTemplate = "{stream}" }, "KeyTemplate"), (good with { KeyTemplate = "{clip}/{x}" }, "KeyTemplate") })
        {
            Assert.Contains($"Store:{key}: ", validator.Validate(null, bad).FailureMessage);
            Assert.DoesNotContain("hidden", validator.Validate(null, bad).FailureMessage);
        }
    }

    [Theory]
    [InlineData("", "must be signed")]
    [InlineData("secret", "not whsec_")]
    [InlineData("whsec_c2hvcnQ=", "24 to 64 bytes")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA= whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", null)]
    public void A_webhooks_secret_is_checked_and_never_shown(string secret, string? wrong)
    {
        var options = new EventsOptions { Webhooks = new Dictionary<string, WebhookOptions> { ["w"] = new() { Url = "https://example.com/x", Secret = secret } } };
        var result = new EventsOptionsValidator().Validate(null, options);
        Assert.Equal(wrong is null, result.Succeeded);
        if (wrong is not null) Assert.Contains(wrong, result.FailureMessage);
        if (secret.Length > 0 && wrong is not null) Assert.DoesNotContain(secret, result.FailureMessage);
    }

    [Theory]
    [InlineData("{tenant}/{stream}/{date}/{query}/{clip}", "acme", "acme/match/2026-01-01/goal/c1")]
    [InlineData("{tenant}/{stream}/{clip}", "", "match/c1")]
    public void Keys_are_made_of_names(string template, string tenant, string key) => Assert.Equal(key, new KeyTemplate(template, tenant).KeyOf(DeliveryFixture.Plan()));

    [Fact]
    public void A_name_never_makes_a_path_of_its_own() =>
        Assert.Equal("-/..-x/c1", new KeyTemplate("{stream}/{session}/{clip}", "").KeyOf(DeliveryFixture.Plan() with { StreamId = "..", SessionId = "../x" }));
}
