namespace FFmpeg.AutoGen.Generator;

/// <summary>Writes the fixed arrays that structs embed: indexed, copied out and in, and converted to a managed array.</summary>
internal static class ArraysGenerator
{
    public static void Write(CodeWriter code, BindingsDefinition bindings)
    {
        foreach (var array in bindings.Arrays)
        {
            var shape = array.Kind == FixedArrayKind.Pointer ? "IFixedArray" : $"IFixedArray<{array.Element}>";
            code.Block($"public unsafe struct {array.Name} : {shape}", () => Members(code, array));
            code.Line("");
        }
    }

    private static void Members(CodeWriter code, FixedArrayDefinition array)
    {
        var (element, length) = (array.Element, array.Length);
        code.Line($"public static readonly int Size = {length};");
        code.Line($"public int Length => {length};");
        code.Line(array.Kind == FixedArrayKind.Primitive
            ? $"private fixed {element} _0[{length}];"
            : $"private {element} {string.Join(", ", Enumerable.Range(0, length).Select(i => $"_{i}"))};");
        var first = array.Kind == FixedArrayKind.Primitive ? "_0" : "&_0";
        code.Block($"public {element} this[uint i]", () =>
        {
            code.Line($"get {{ ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, {length}u); fixed ({element}* p = {first}) {{ return p[i]; }} }}");
            code.Line($"set {{ ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, {length}u); fixed ({element}* p = {first}) {{ p[i] = value; }} }}");
        });
        code.Line($"public {element}[] ToArray() {{ var copy = new {element}[{length}]; for (uint i = 0; i < {length}; i++) {{ copy[i] = this[i]; }} return copy; }}");
        code.Line($"public void UpdateFrom({element}[] array) {{ for (uint i = 0; i < array.Length && i < {length}; i++) {{ this[i] = array[i]; }} }}");
        code.Line($"public static implicit operator {element}[]({array.Name} array) => array.ToArray();");
    }
}
