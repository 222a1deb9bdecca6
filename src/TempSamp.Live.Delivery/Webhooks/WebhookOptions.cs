namespace TempSamp.Live.Delivery;

/// <summary>Somebody who is told by HTTP. Section <c>Events:Webhooks:NAME</c>. Requests follow Standard Webhooks; the body is a structured-mode CloudEvent.</summary>
public sealed record WebhookOptions
{
    /// <summary>Whether it is told. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Where events are posted to.</summary>
    public string Url { get; init; } = "";

    /// <summary>
    /// Signs each request: <c>whsec_</c> and 24 to 64 random bytes in base64. Two of them with a blank between sign with both, while receivers change over.
    /// Best given as a variable or a secret file.
    /// </summary>
    public string Secret { get; init; } = "";

    /// <summary>Longest wait for an answer. Default 10 s, from 1 s to 1 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait between attempts. Default 5 minutes, from 1 s.</summary>
    public TimeSpan RetryMost { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Age at which an event that is still refused becomes a dead letter. Default 24 hours, from 1 minute.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Without the secret.</summary>
    public override string ToString() => Url;

    internal void Check(string name, Faults faults)
    {
        if (!Enabled) return;
        var at = $"Webhooks:{name}:";
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            faults.Add(at + nameof(Url), Url.Length == 0 ? "(empty)" : Url, "not an address that can be posted to", "use https://HOST/PATH");
        if (WebhookSignature.FaultOf(Secret) is { } wrong)
            faults.Add(at + nameof(Secret), "(not shown)", wrong, $"make one with: echo whsec_$(head -c 32 /dev/urandom | base64), and set TEMPSAMP_Events__Webhooks__{name}__Secret or ..._FILE");
        faults.Bound(Timeout >= TimeSpan.FromSeconds(1) && Timeout <= TimeSpan.FromMinutes(1), at + nameof(Timeout), Timeout, "00:00:01 to 00:01:00");
        faults.Bound(RetryMost >= TimeSpan.FromSeconds(1), at + nameof(RetryMost), RetryMost, "00:00:01 or more");
        faults.Bound(GiveUpAfter >= TimeSpan.FromMinutes(1), at + nameof(GiveUpAfter), GiveUpAfter, "00:01:00 or more");
    }
}
