namespace FFmpeg.AutoGen.Generator;

/// <summary>A parameter in C#. <paramref name="Shape"/> says how it crosses the border.</summary>
internal sealed record ParameterDefinition(string Name, string Type, ParameterShape Shape);

/// <summary>How a parameter is written in C#.</summary>
internal enum ParameterShape
{
    /// <summary>As its type says.</summary>
    Plain,

    /// <summary>A UTF-8 string that native code only reads.</summary>
    Text,

    /// <summary><c>ref</c> to a fixed array.</summary>
    Reference,

    /// <summary><c>in</c> a fixed array that native code only reads.</summary>
    ReadOnlyReference,

    /// <summary>A managed array, pinned for the call; the type is that of an element.</summary>
    Array,
}

/// <summary>An exported function.</summary>
internal sealed record FunctionDefinition(
    string Name, string Library, string Returns, bool ReturnsText, bool IsDeprecated, IReadOnlyList<ParameterDefinition> Parameters);

/// <summary>A field in C#.</summary>
internal sealed record FieldDefinition(string Name, string Type, bool IsDeprecated);

/// <summary>A struct or union; without fields when its layout is private to the libraries.</summary>
internal sealed record StructDefinition(string Name, bool IsUnion, IReadOnlyList<FieldDefinition> Fields);

/// <summary>An enum with its constants in the order of the header.</summary>
internal sealed record EnumDefinition(string Name, IReadOnlyList<(string Name, int Value)> Constants);

/// <summary>A fixed array inside a struct: <paramref name="Element"/> repeated <paramref name="Length"/> times.</summary>
internal sealed record FixedArrayDefinition(string Name, string Element, int Length, FixedArrayKind Kind);

/// <summary>What a fixed array holds: this decides which C# can express it.</summary>
internal enum FixedArrayKind { Primitive, Struct, Pointer }

/// <summary>The delegate behind a function pointer.</summary>
internal sealed record DelegateDefinition(string Name, string Returns, IReadOnlyList<ParameterDefinition> Parameters);

/// <summary>A constant macro: its C# type, literal value, and whether C# may treat it as a compile-time constant.</summary>
internal sealed record MacroDefinition(string Name, string Type, string Literal, bool IsConst);

/// <summary>A library, the major version its names carry.</summary>
internal sealed record LibraryDefinition(string Name, int Major);

/// <summary>Everything that is generated.</summary>
internal sealed record BindingsDefinition(
    IReadOnlyList<LibraryDefinition> Libraries,
    IReadOnlyList<FunctionDefinition> Functions,
    IReadOnlyCollection<StructDefinition> Structs,
    IReadOnlyCollection<EnumDefinition> Enums,
    IReadOnlyCollection<FixedArrayDefinition> Arrays,
    IReadOnlyCollection<DelegateDefinition> Delegates,
    IReadOnlyCollection<MacroDefinition> Macros);
