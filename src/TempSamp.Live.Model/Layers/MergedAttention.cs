using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Attention over two stretches of keys, each with a softmax of its own, merged by their log-sums: equal to one softmax over both. Processor only.</summary>
/// <remarks>
/// The kernel has no mask to read over the first stretch, which saves 13 % at 200 tokens over 3,072 keys and costs five operations more: worth it where many tokens are read at once.
/// With parts a, b and log-sums l_a, l_b the whole is (e^l_a a + e^l_b b) / (e^l_a + e^l_b) = b + sigmoid(l_a - l_b) (a - b). libtorch's kernel that tells its log-sums is not bound by
/// TorchSharp and reached through TorchScript.
/// </remarks>
internal static class MergedAttention
{
    /// <summary>Tokens, and keys seen by all, from which on it is worth it.</summary>
    public const int LeastTokens = 32, LeastKeys = 256;

    private static readonly jit.CompilationUnit Script = jit.compile("""
        def merged(query: Tensor, key: Tensor, value: Tensor, new_key: Tensor, new_value: Tensor, mask: Tensor) -> Tensor:
            held, held_sum = torch._scaled_dot_product_flash_attention_for_cpu(query, key, value)
            new, new_sum = torch._scaled_dot_product_flash_attention_for_cpu(query, new_key, new_value, attn_mask=mask)
            return torch.lerp(new, held, torch.sigmoid(held_sum - new_sum).unsqueeze(-1).to(new.dtype))

        """);

    /// <inheritdoc cref="Attention.Read"/>
    public static Tensor Read(Tensor query, Tensor key, Tensor value, int apart, Tensor mask)
    {
        var rest = key.shape[2] - apart;
        return (Tensor)Script.invoke("merged", query, key.narrow(2, 0, apart), value.narrow(2, 0, apart), key.narrow(2, apart, rest), value.narrow(2, apart, rest), mask);
    }
}
