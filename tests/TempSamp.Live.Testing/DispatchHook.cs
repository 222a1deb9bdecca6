using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Testing;

/// <summary>libtorch's own report of every operation that passes its dispatcher on this thread. Written against libtorch 2.10 (<c>ATen/record_function.h</c>).</summary>
internal static unsafe class DispatchHook
{
    private static readonly nint s_library = NativeLibrary.Load("libtorch_cpu.so");
    private static readonly delegate* unmanaged<nint, byte*> s_name = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(s_library, "_ZNK2at14RecordFunction4nameEv");

    /// <summary>Reports to a pair of functions until <see cref="Remove"/>. libtorch must have been loaded.</summary>
    /// <param name="start">Called before an operation with a place for its context, which must be set to 0, and the operation.</param>
    /// <param name="end">Called after it.</param>
    /// <param name="needsInputs">Whether <paramref name="start"/> looks at the operands.</param>
    public static void Add(delegate* unmanaged[Cdecl]<nint*, nint, nint*> start, delegate* unmanaged[Cdecl]<nint, nint, void> end, bool needsInputs)
    {
        var callback = new Callback { Start = start, End = end, Probability = 1, Function = 1, NeedsInputs = needsInputs ? (byte)1 : (byte)0 };
        ((delegate* unmanaged<Callback, ulong>)NativeLibrary.GetExport(s_library, "_ZN2at22addThreadLocalCallbackENS_22RecordFunctionCallbackE"))(callback);
    }

    /// <summary>Ends all reports on this thread.</summary>
    public static void Remove() => ((delegate* unmanaged<void>)NativeLibrary.GetExport(s_library, "_ZN2at25clearThreadLocalCallbacksEv"))();

    /// <summary>Name of an operation, such as <c>aten::mm</c>.</summary>
    public static string Name(nint function) => Marshal.PtrToStringUTF8((nint)s_name(function))!;

    // at::RecordFunctionCallback. Start returns a std::unique_ptr, which comes as a pointer to fill.
    [StructLayout(LayoutKind.Sequential)]
    private struct Callback
    {
        public delegate* unmanaged[Cdecl]<nint*, nint, nint*> Start;
        public delegate* unmanaged[Cdecl]<nint, nint, void> End;
        public double Probability;
        public byte Function;                   // the first of ten scopes: operations
        public fixed byte OtherScopes[9];
        public byte NeedsInputs;
        public byte NeedsOutputs;
        public byte NeedsIds;
    }
}
