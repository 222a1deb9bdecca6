namespace FFmpeg.AutoGen.Generator;

/// <summary>Writes a delegate and the function-pointer struct that structs and functions take in its place.</summary>
internal static class DelegatesGenerator
{
    public static void Write(CodeWriter code, BindingsDefinition bindings)
    {
        foreach (var item in bindings.Delegates)
        {
            var pointer = item.Name + "_func";
            code.Line("[UnmanagedFunctionPointer(CallingConvention.Cdecl)]");
            code.Line($"public unsafe delegate {item.Returns} {item.Name}({string.Join(", ", item.Parameters.Select(FunctionsGenerator.Imported))});");
            code.Line("");
            code.Block($"public unsafe struct {pointer}", () =>
            {
                code.Line("public IntPtr Pointer;");
                code.Line($"public static implicit operator {pointer}({item.Name} func) => new {pointer} {{ Pointer = func == null ? IntPtr.Zero : Marshal.GetFunctionPointerForDelegate(func) }};");
            });
            code.Line("");
        }
    }
}
