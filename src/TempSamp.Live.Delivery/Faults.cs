using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Collects what is wrong in a section: key, value, reason, fix.</summary>
internal sealed class Faults(string section)
{
    private readonly List<string> _all = [];

    /// <summary>All of them, or success.</summary>
    public ValidateOptionsResult Result => _all.Count > 0 ? ValidateOptionsResult.Fail(_all) : ValidateOptionsResult.Success;

    /// <summary>One more.</summary>
    public void Add(string key, object value, string reason, string fix) => _all.Add($"{section}:{key}: {value} -> {reason} -> {fix}");

    /// <summary>One more, when a file of certificates is named that is not there or holds none.</summary>
    public void Certificates(string key, string file)
    {
        if (file.Length == 0) return;
        if (!File.Exists(file)) Add(key, file, "no such file", "name a PEM file");
        else if (!File.ReadAllText(file).Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal)) Add(key, file, "it holds no certificate in PEM", "name a file with -----BEGIN CERTIFICATE----- in it");
    }

    /// <summary>One more, when a value is out of its bounds.</summary>
    public void Bound(bool isGood, string key, object value, string bound)
    {
        if (!isGood) Add(key, value, "out of bounds", $"use {bound}");
    }
}
