namespace FFmpeg.AutoGen.Generator;

/// <summary>A C type as the headers write it.</summary>
internal abstract record CType
{
    /// <summary>A built-in type, typedef, struct, union or enum by name, such as <c>unsigned int</c> or <c>AVFrame</c>.</summary>
    /// <param name="Name">The name without <c>struct</c>, <c>union</c>, <c>enum</c> or qualifiers.</param>
    /// <param name="IsConst">Whether it is declared <c>const</c>.</param>
    public sealed record Named(string Name, bool IsConst) : CType;

    /// <summary>A pointer.</summary>
    /// <param name="To">What it points to.</param>
    /// <param name="IsConst">Whether the pointer itself is <c>const</c>.</param>
    public sealed record Pointer(CType To, bool IsConst) : CType;

    /// <summary>An array; <paramref name="Length"/> is null for <c>T x[]</c>.</summary>
    public sealed record Array(CType Of, int? Length) : CType;

    /// <summary>A pointer to a function.</summary>
    public sealed record Function(CType Returns, IReadOnlyList<CType> Parameters) : CType;
}
