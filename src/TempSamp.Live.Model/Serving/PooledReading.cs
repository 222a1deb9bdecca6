using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Reads stretches of sequences that lie in common memory: as many sequences at once as lie in the same piece of it.</summary>
internal sealed class PooledReading(LanguageModel language, QwenTextConfig config)
{
    /// <summary>Whether small passes are recorded and replayed.</summary>
    public bool Records { get; set; }

    /// <summary>Reads them.</summary>
    /// <param name="embeds">[N, HD], the stretches one after the other.</param>
    /// <param name="tables">[N, 1, D].</param>
    /// <param name="stretches">Each in common memory.</param>
    /// <returns>[N, HD].</returns>
    public Tensor Read(Tensor embeds, Rotary tables, IReadOnlyList<Stretch> stretches)
    {
        var pieces = stretches.Index().GroupBy(s => s.Item.Cache.Memory!, s => s.Index).ToArray();
        if (pieces is [var only]) return Read(only.Key, embeds, tables, stretches);

        using var scope = NewDisposeScope();
        int[] begins = [0, .. stretches.Select((_, i) => stretches.Take(i + 1).Sum(s => s.Tokens))];
        var hidden = empty_like(embeds);
        foreach (var piece in pieces)
        {
            using var part = NewDisposeScope();
            var tokens = tensor(piece.SelectMany(i => Enumerable.Range(begins[i], stretches[i].Tokens).Select(t => (long)t)).ToArray(), device: embeds.device);
            var read = Read(piece.Key, embeds.index_select(0, tokens), new(tables.Cos.index_select(0, tokens), tables.Sin.index_select(0, tokens)), [.. piece.Select(i => stretches[i])]);
            hidden.index_copy_(0, tokens, read);
        }
        return hidden.MoveToOuterDisposeScope();
    }

    private Tensor Read(KeyValueMemory memory, Tensor embeds, Rotary tables, IReadOnlyList<Stretch> stretches)
    {
        if (stretches is [var one] && Records && memory.Recorded.Read(language, embeds, tables, one, record: true) is { } read) return read;
        IPassAttention attention = stretches.All(s => s.IsCausal) ? new CausalAttention(config, memory, stretches, embeds.device)
            : stretches.All(s => s.Cache.Length > 0) ? new TreeAttention(config, memory, stretches, embeds.dtype, embeds.device)
            : new StretchAttention(config, stretches, embeds.dtype, embeds.device);
        return language.Run(embeds, tables, attention);
    }
}
