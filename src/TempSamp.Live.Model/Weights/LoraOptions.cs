namespace TempSamp.Live.Model;

/// <summary>A low-rank adapter to be trained (Hu et al., LoRA: Low-Rank Adaptation of Large Language Models).</summary>
public sealed record LoraOptions
{
    /// <summary>Linear layers of a decoder layer that can be adapted.</summary>
    public static readonly IReadOnlyList<string> AllTargets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>r: inner size of the update. Default 16.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The update is scaled by alpha / r. Default 32.</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>Which linear layers of the decoder are adapted. Default all.</summary>
    public IReadOnlyList<string> Targets { get; init; } = AllTargets;

    /// <summary>Seed of A; B begins at 0, so that a new adapter changes nothing. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
