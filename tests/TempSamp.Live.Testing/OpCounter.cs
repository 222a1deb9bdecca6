using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Testing;

/// <summary>
/// Counts what is asked of libtorch on this thread between construction and disposal: libtorch reports every operation that passes its dispatcher, whoever calls.
/// </summary>
/// <remarks>
/// Only operations called from outside count, not those that libtorch makes them of on one device or another; views and allocations, which compute nothing, are left out.
/// One counter a thread at a time.
/// </remarks>
public sealed unsafe class OpCounter : IDisposable
{
    // Nothing is computed by these.
    private static readonly HashSet<string> Free =
    [
        "aten::alias", "aten::as_strided", "aten::detach", "aten::detach_", "aten::empty", "aten::empty_like", "aten::empty_strided", "aten::expand", "aten::expand_as",
        "aten::narrow", "aten::permute", "aten::select", "aten::slice", "aten::squeeze", "aten::t", "aten::transpose", "aten::unsqueeze", "aten::view", "aten::lift_fresh",
    ];

    [ThreadStatic] private static Dictionary<string, int>? s_counts;
    [ThreadStatic] private static int s_depth;

    /// <summary>Starts counting. libtorch must have been loaded.</summary>
    public OpCounter()
    {
        (s_counts, s_depth) = ([], 0);
        DispatchHook.Add(&Start, &End, needsInputs: false);
    }

    /// <summary>Operations so far.</summary>
    public int Total => ByName.Values.Sum();

    /// <summary>How often each was called.</summary>
    public IReadOnlyDictionary<string, int> ByName => s_counts!.Where(c => !Free.Contains(c.Key)).ToDictionary();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint* Start(nint* context, nint function)
    {
        if (s_depth++ == 0) CollectionsMarshal.GetValueRefOrAddDefault(s_counts!, DispatchHook.Name(function), out _)++;
        *context = 0;
        return context;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void End(nint function, nint context) => s_depth--;

    /// <inheritdoc/>
    public void Dispose() => DispatchHook.Remove();
}
