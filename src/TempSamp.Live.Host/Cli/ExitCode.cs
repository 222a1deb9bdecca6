namespace TempSamp.Live.Host;

/// <summary>What the program returns. Scripts lean on it.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It failed and said why.</summary>
    public const int Failure = 1;

    /// <summary>The command line is not understood.</summary>
    public const int Usage = 2;

    /// <summary>The configuration cannot be used (EX_CONFIG of sysexits.h).</summary>
    public const int Configuration = 78;
}
