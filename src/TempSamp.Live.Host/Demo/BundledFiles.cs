namespace TempSamp.Live.Host;

/// <summary>What is shipped beside the program: in its own folder when published, in the source tree when built there.</summary>
internal static class BundledFiles
{
    /// <summary>The path of a bundled file or folder.</summary>
    /// <param name="relative">Such as <c>models/demo-broadcast/broadcast.mp4</c>.</param>
    /// <exception cref="FileNotFoundException">It is in neither place.</exception>
    public static string Locate(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, relative) is var path && Path.Exists(path))
                return path;
        throw new FileNotFoundException($"{relative} is not beside {AppContext.BaseDirectory} nor in a folder above it. Install the program again, or build it inside its source tree.");
    }
}
