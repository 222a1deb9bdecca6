namespace FFmpeg.AutoGen.Generator;

/// <summary>Writes the functions: an import where C# can express the signature, else an import and a thin method over it.</summary>
/// <remarks>An import that returned <c>string</c> would free libav's memory, and <c>byte*[]</c> cannot be marshalled: these two need the method.</remarks>
internal static class FunctionsGenerator
{
    public static void Write(CodeWriter code, BindingsDefinition bindings) =>
        code.Block("public static unsafe partial class ffmpeg", () =>
        {
            foreach (var function in bindings.Functions)
            {
                Write(code, function);
            }
        });

    private static void Write(CodeWriter code, FunctionDefinition function)
    {
        code.Obsolete(function.IsDeprecated);
        var needsMethod = function.ReturnsText || function.Parameters.Any(parameter => parameter.Shape == ParameterShape.Array);
        if (!needsMethod)
        {
            Import(code, function, "public", function.Name);
            return;
        }
        Method(code, function);
        Import(code, function, "private", function.Name + "_native");
    }

    private static void Import(CodeWriter code, FunctionDefinition function, string access, string name)
    {
        var returns = function.ReturnsText ? "byte*" : function.Returns;
        code.Line($"[DllImport(\"{function.Library}\", EntryPoint = \"{function.Name}\", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]");
        code.Line($"{access} static extern {returns} {name}({string.Join(", ", function.Parameters.Select(Imported))});");
        code.Line("");
    }

    private static void Method(CodeWriter code, FunctionDefinition function) =>
        code.Block($"public static {function.Returns} {function.Name}({string.Join(", ", function.Parameters.Select(Declared))})", () =>
        {
            foreach (var parameter in function.Parameters.Where(parameter => parameter.Shape == ParameterShape.Array))
            {
                code.Line($"fixed ({parameter.Type}* {parameter.Name}_pinned = @{parameter.Name})");
            }
            var call = $"{function.Name}_native({string.Join(", ", function.Parameters.Select(Passed))})";
            code.Line(function.Returns == "void" ? call + ";" : function.ReturnsText ? $"return Text({call});" : $"return {call};");
        });

    private static string Declared(ParameterDefinition parameter) => parameter.Shape switch
    {
        ParameterShape.Reference => $"ref {parameter.Type} @{parameter.Name}",
        ParameterShape.ReadOnlyReference => $"in {parameter.Type} @{parameter.Name}",
        ParameterShape.Array => $"{parameter.Type}[] @{parameter.Name}",
        _ => $"{parameter.Type} @{parameter.Name}",
    };

    /// <summary>How a parameter is written in an import or a delegate.</summary>
    public static string Imported(ParameterDefinition parameter) => parameter.Shape switch
    {
        ParameterShape.Text => $"[MarshalAs(UnmanagedType.LPUTF8Str)] string @{parameter.Name}",
        ParameterShape.Array => $"{parameter.Type}* @{parameter.Name}",
        _ => Declared(parameter),
    };

    private static string Passed(ParameterDefinition parameter) => parameter.Shape switch
    {
        ParameterShape.Reference => $"ref @{parameter.Name}",
        ParameterShape.ReadOnlyReference => $"in @{parameter.Name}",
        ParameterShape.Array => $"{parameter.Name}_pinned",
        _ => $"@{parameter.Name}",
    };
}
