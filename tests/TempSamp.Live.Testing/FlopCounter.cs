using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Testing;

/// <summary>
/// Counts the floating-point operations of matrix products and attention on this thread, forward and backward, from the shapes that libtorch is given, and
/// remembers the largest tensor that a softmax over a vocabulary works on.
/// </summary>
/// <remarks>A multiplication and its addition are two operations. Element-wise work is left out. On a CPU the backward pass runs on the calling thread, so it counts too.</remarks>
public sealed unsafe partial class FlopCounter : IDisposable
{
    private const int ValueSize = 16, TensorTag = 1;        // c10::IValue: a payload of 8 bytes, then its tag

    [ThreadStatic] private static long s_flops;
    [ThreadStatic] private static long s_rows;
    [ThreadStatic] private static long s_width;
    [ThreadStatic] private static nint s_sought;
    [ThreadStatic] private static string? s_fault;

    private static int s_inputs = -1;                       // where an operation keeps its operands, in words

    /// <summary>Starts counting. libtorch must have been loaded.</summary>
    /// <param name="left">Handle of any matrix.</param>
    /// <param name="multiply">Multiplies that matrix by another, by which the counter learns where operands are.</param>
    /// <param name="vocabulary">Width of the logits that are looked for.</param>
    /// <exception cref="InvalidOperationException">This libtorch lays its operations out in another way.</exception>
    public FlopCounter(nint left, Action multiply, long vocabulary = 0)
    {
        (s_flops, s_rows, s_width, s_fault) = (0, 0, vocabulary, null);
        if (s_inputs < 0) Calibrate(left, multiply);
        DispatchHook.Add(&Start, &End, needsInputs: true);
    }

    /// <summary>Floating-point operations so far.</summary>
    public long Total => s_fault is null ? s_flops : throw new InvalidOperationException(s_fault);

    /// <summary>Most rows of the vocabulary's width that a softmax was taken of at once.</summary>
    public long LogitRows => s_rows;

    private static void Calibrate(nint left, Action multiply)
    {
        s_sought = *(nint*)left;
        DispatchHook.Add(&Seek, &End, needsInputs: true);
        multiply();
        DispatchHook.Remove();
        if (s_inputs < 0) throw new InvalidOperationException("The operands of an operation are not where this counter looks for them: it was written against libtorch 2.10.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint* Seek(nint* context, nint function)
    {
        *context = 0;
        if (s_inputs >= 0 || DispatchHook.Name(function) != "aten::mm") return context;
        const int farthest = 64, near = 16 << 10;           // operation and operands both lie on this thread's stack, so only what points near by is looked at
        var words = (nint*)function;
        for (var i = 0; s_inputs < 0 && i < farthest; i++)
            if (words[i + 1] == 2 && words[i] % sizeof(nint) == 0 && Math.Abs(words[i] - function) < near && *(nint*)words[i] == s_sought) s_inputs = i;
        return context;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint* Start(nint* context, nint function)
    {
        *context = 0;
        try
        {
            Count(DispatchHook.Name(function), new Operands((byte*)((nint*)function)[s_inputs]));
        }
        catch (Exception e)                                 // nothing may be thrown into native code
        {
            s_fault = e.Message;
        }
        return context;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void End(nint function, nint context)
    {
    }

    private static void Count(string name, Operands of)
    {
        switch (name)
        {
            case "aten::mm" or "aten::bmm":
                s_flops += Product(of, 0);
                break;
            case "aten::addmm" or "aten::addmm_" or "aten::baddbmm" or "aten::baddbmm_":
                s_flops += Product(of, 1);
                break;
            case "aten::_scaled_dot_product_flash_attention_for_cpu":
                s_flops += 2 * Attention(of, 0);
                break;
            case "aten::_scaled_dot_product_flash_attention_for_cpu_backward":
                s_flops += 5 * Attention(of, 1);            // scores again, and four gradients
                break;
            case "aten::_log_softmax" or "aten::_softmax" or "aten::logsumexp" when s_width > 0 && of.Size(0, ^1) == s_width:
                s_rows = Math.Max(s_rows, of.Elements(0) / s_width);
                break;
        }
    }

    // [.., m, k] x [.., k, n]
    private static long Product(Operands of, int first) => 2 * of.Elements(first) * of.Size(first + 1, ^1);

    // Query [B, H, L, D] against keys [B, H, S, D]
    private static long Attention(Operands of, int query) => 2 * of.Elements(query) * of.Size(query + 1, ^2);

    /// <inheritdoc/>
    public void Dispose() => DispatchHook.Remove();

    // The operands of an operation. The payload of a tensor's value is laid out as a tensor, whose address is TorchSharp's handle.
    private readonly struct Operands(byte* values)
    {
        public long Size(int operand, Index dimension) => THSTensor_size(Tensor(operand), dimension.GetOffset((int)THSTensor_ndimension(Tensor(operand))));

        public long Elements(int operand)
        {
            var count = 1L;
            for (var d = 0; d < THSTensor_ndimension(Tensor(operand)); d++) count *= THSTensor_size(Tensor(operand), d);
            return count;
        }

        private nint Tensor(int operand)
        {
            var value = values + operand * ValueSize;
            return *(int*)(value + 8) == TensorTag ? (nint)value : throw new InvalidOperationException($"Operand {operand} is not a tensor.");
        }
    }

    [LibraryImport("LibTorchSharp")]
    private static partial long THSTensor_ndimension(nint tensor);

    [LibraryImport("LibTorchSharp")]
    private static partial long THSTensor_size(nint tensor, long dimension);
}
