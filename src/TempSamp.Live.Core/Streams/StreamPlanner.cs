namespace TempSamp.Live.Core;

/// <summary>What became of a spec: a plan, or every reason why there is none.</summary>
public sealed record StreamResolution(StreamPlan? Plan, IReadOnlyList<string> Errors);

/// <summary>Checks what configuration asks for and resolves it into what a session runs on.</summary>
public static class StreamPlanner
{
    private static readonly string[] _schemes = ["rtmp", "rtmps", "srt", "http", "https", "file"];

    /// <summary>Validates a stream and resolves it. Each error names the stream, the value, the reason and the fix.</summary>
    public static StreamResolution Resolve(StreamSpec spec, WindowProfile profile, TapeBounds tape)
    {
        var errors = new List<string>();
        CheckId(spec.Id, $"stream '{spec.Id}'", errors);
        CheckUrl(spec, errors);
        CheckQueries(spec, tape, errors);
        return errors.Count > 0 ? new(null, errors) : new(new(spec.Id, spec.Url, [.. spec.Queries], profile, tape), []);
    }

    /// <summary>Ids that more than one of the streams has.</summary>
    public static IReadOnlyList<string> DuplicateIds(IEnumerable<StreamSpec> specs) =>
        [.. specs.GroupBy(spec => spec.Id, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => same.Key)];

    private static void CheckId(string id, string what, List<string> errors)
    {
        if (string.IsNullOrEmpty(id)) errors.Add($"{what}: the id is empty; give it a short name such as 'match-7'");
        else if (id.Length > 64) errors.Add($"{what}: the id has {id.Length} characters; use at most 64");
        else if (id.StartsWith('.') || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            errors.Add($"{what}: the id becomes a folder name; use letters, digits, '.', '-' and '_' only, and no '.' in front");
    }

    private static void CheckUrl(StreamSpec spec, List<string> errors)
    {
        var what = $"stream '{spec.Id}', url '{Redact(spec.Url)}'";
        if (string.IsNullOrWhiteSpace(spec.Url)) errors.Add($"stream '{spec.Id}': the url is empty; give an RTMP, HLS or file address, or 'listen:KEY'");
        else if (spec.Url.StartsWith("listen:", StringComparison.Ordinal))
        {
            if (spec.Url.Length == "listen:".Length) errors.Add($"{what}: the stream key is missing; write 'listen:KEY' with the key that the publisher uses");
        }
        else if (spec.Url.IndexOf(':') is var colon and > 0 && !spec.Url[..colon].Contains('/'))
        {
            var scheme = spec.Url[..colon].ToLowerInvariant();
            if (!_schemes.Contains(scheme)) errors.Add($"{what}: the protocol '{scheme}' is not allowed; use {string.Join(", ", _schemes)}, a path, or 'listen:KEY'");
            else if (!Uri.TryCreate(spec.Url, UriKind.Absolute, out var url) || (scheme is not ("file" or "srt") && url.Host.Length == 0))
                errors.Add($"{what}: it is not a whole address; write it as {scheme}://host/path");
        }
    }

    private static void CheckQueries(StreamSpec spec, TapeBounds tape, List<string> errors)
    {
        foreach (var query in spec.Queries)
        {
            var what = $"stream '{spec.Id}', query '{query.Id}'";
            CheckId(query.Id, what, errors);
            if (string.IsNullOrWhiteSpace(query.Text)) errors.Add($"{what}: the text is empty; write the sentence to look for, such as 'a goal is scored'");
            if (query.Threshold is not (>= 0 and <= 1)) errors.Add($"{what}: the threshold {query.Threshold} is a probability; use a number from 0 to 1");
            CheckPolicy(query.Policy, tape, what, errors);
        }
        foreach (var same in spec.Queries.GroupBy(query => query.Id, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            errors.Add($"stream '{spec.Id}': {same.Count()} queries are called '{same.Key}'; give each its own id");
        foreach (var same in spec.Queries.GroupBy(query => query.Text?.Trim(), StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1 && !string.IsNullOrEmpty(same.Key)))
            errors.Add($"stream '{spec.Id}': the queries {string.Join(" and ", same.Select(query => $"'{query.Id}'"))} ask the same sentence and would clip everything twice; keep one");
    }

    private static void CheckPolicy(ClipPolicy policy, TapeBounds tape, string what, List<string> errors)
    {
        foreach (var (name, value) in new[] { ("PadBefore", policy.PadBefore), ("PadAfter", policy.PadAfter), ("MinLength", policy.MinLength), ("Cooldown", policy.Cooldown) })
            if (value < TimeSpan.Zero) errors.Add($"{what}: {name} is {value}; use zero or more");
        if (policy.MaxLength <= TimeSpan.Zero || policy.MaxLength < policy.MinLength)
            errors.Add($"{what}: MaxLength {policy.MaxLength} is below MinLength {policy.MinLength} or zero; raise MaxLength");
        else if (policy.MaxLength > tape.Length)
            errors.Add($"{what}: MaxLength {policy.MaxLength} is longer than the packet tape of {tape.Length}; lengthen the tape or shorten the clip");
    }

    /// <summary>An address without user name, password, query and last path part, any of which may be a stream key.</summary>
    public static string Redact(string url)
    {
        if (url.StartsWith("listen:", StringComparison.Ordinal)) return "listen:***";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.IsFile || uri.Host.Length == 0) return url;
        var path = uri.Scheme.StartsWith("rtmp", StringComparison.Ordinal) ? uri.AbsolutePath[..(uri.AbsolutePath.LastIndexOf('/') + 1)] + "***" : uri.AbsolutePath;
        return $"{uri.Scheme}://{uri.Authority}{path}";
    }
}
