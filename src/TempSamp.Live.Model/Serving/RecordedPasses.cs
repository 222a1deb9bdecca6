using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Passes of few tokens over one sequence: filled up to one of a few sizes, recorded when a size comes a second time, and kept.</summary>
/// <remarks>
/// A launch takes 7 to 20 us of the host, and a decode step of 28 layers is some 450: replayed, they take what the device takes. Measured on an H200 with the shape of the 7B model,
/// 4 rows behind 5,400 keys: 11.5 ms launch by launch, 5.3 ms replayed.
/// </remarks>
internal sealed class RecordedPasses(QwenTextConfig config, KeyValueMemory memory) : IDisposable
{
    private const int FewestTokens = 8, Step = 64, MostTokens = 320;

    private readonly Dictionary<(int Tokens, int Keys), RecordedPass> _passes = [];

    /// <summary>Reads a stretch.</summary>
    /// <param name="language">The decoder.</param>
    /// <param name="embeds">[n, HD].</param>
    /// <param name="tables">[n, 1, D].</param>
    /// <param name="stretch">Of n tokens.</param>
    /// <param name="record">Whether launches are recorded; else each pass of a size is launched anew.</param>
    /// <returns>[n, HD]; null where there are too many tokens.</returns>
    public Tensor? Read(LanguageModel language, Tensor embeds, Rotary tables, Stretch stretch, bool record)
    {
        if (stretch.Tokens > MostTokens) return null;
        var tokens = FewestTokens;
        while (tokens < stretch.Tokens) tokens += Math.Min(tokens, Step);                  // 8, 16, 32, 64, 128, 192, ...
        const int step = KeyValueMemory.Slack;
        var keys = (stretch.At + stretch.Tokens + step - 1) / step * step;
        var isKnown = _passes.TryGetValue((tokens, keys), out var pass);
        if (!isKnown) _passes[(tokens, keys)] = pass = new(language, config, memory, tokens, keys, embeds.dtype, embeds.device);
        return pass!.Run(embeds, tables, stretch, record && isKnown);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pass in _passes.Values) pass.Dispose();
    }
}
