namespace TempSamp.Live.Testing;

/// <summary>
/// Where the data sets that are not part of the repository lie: the folder that an environment variable names, else <c>../shared/NAME</c> beside the
/// repository. A test whose folder is null skips with <see cref="Missing"/>.
/// </summary>
public static class SharedData
{
    /// <summary>The repository's root; null when tests run away from it.</summary>
    public static string? Repository { get; } = FindUp(AppContext.BaseDirectory, "TempSamp.Live.sln");

    /// <summary>Reference outputs of the model (<c>TEMPSAMP_GOLDEN</c>).</summary>
    public static string? Golden { get; } = Locate("golden");

    /// <summary>Reference metrics of the evaluators (<c>TEMPSAMP_EVAL</c>).</summary>
    public static string? Eval { get; } = Locate("eval");

    /// <summary>Test media (<c>TEMPSAMP_MEDIA</c>).</summary>
    public static string? Media { get; } = Locate("media");

    /// <summary>Damaged and malicious inputs (<c>TEMPSAMP_HOSTILE</c>).</summary>
    public static string? Hostile { get; } = Locate("hostile");

    /// <summary>Real servers to test against (<c>TEMPSAMP_TOOLS</c>).</summary>
    public static string? Tools { get; } = Locate("tools");

    /// <summary>The sentence to skip with where a data set is absent.</summary>
    public static string Missing(string name) =>
        $"The {name} data is not here: set {Variable(name)} to its folder, or put it at ../shared/{name} beside the repository.";

    private static string Variable(string name) => $"TEMPSAMP_{name.ToUpperInvariant()}";

    private static string? Locate(string name)
    {
        var folder = Environment.GetEnvironmentVariable(Variable(name)) is { Length: > 0 } named
            ? named
            : Repository is null ? null : Path.Combine(Repository, "..", "shared", name);
        return folder is not null && Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    private static string? FindUp(string from, string file)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, file)))
                return folder.FullName;
        return null;
    }
}
