namespace TempSamp.Live.Host;

/// <summary>What is shipped beside the program.</summary>
internal static class BundledFiles
{
    /// <summary>The path of a bundled file.</summary>
    /// <param name="relative">Such as <c>models/demo-broadcast/broadcast.mp4</c>.</param>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static string Locate(string relative)
    {
        var path = Path.Combine(AppContext.BaseDirectory, relative);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} belongs to the program and is missing. Install the program again, or build it from its whole source tree.");
    }
}
