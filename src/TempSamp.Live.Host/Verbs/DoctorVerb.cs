using System.CommandLine;

namespace TempSamp.Live.Host;

/// <summary><c>doctor</c>: runs every check, prints each finding, and the fix of each failure.</summary>
internal static class DoctorVerb
{
    public static Verb Create(VerbContext context)
    {
        var json = new Option<bool>("--json") { Description = "Print the findings as JSON" };
        var list = new Option<bool>("--list") { Description = "Print every fault that is looked for, with its fix" };
        var verb = new Verb("doctor", "Checks the machine and the configuration; each failure with its fix",
            "tempsamp-live doctor",
            "tempsamp-live doctor --config my-streams.json --json",
            "tempsamp-live doctor --list")
        {
            json, list,
        };
        verb.SetAction((parsed, cancel) => parsed.GetValue(list)
            ? Task.FromResult(List(context.Output, parsed.GetValue(json)))
            : RunAsync(context, context.Sources(parsed), parsed.GetValue(json), cancel));
        return verb;
    }

    private static async Task<int> RunAsync(VerbContext context, SettingsSources sources, bool json, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        await foreach (var finding in HealthChecks.RunAsync(sources, TimeProvider.System, cancel))
        {
            findings.Add(finding);
            if (!json) Print(context.Output, finding);
        }
        var failed = findings.Count(finding => finding.State == FindingState.Failed);
        if (json) Json.Write(context.Output, new { healthy = failed == 0, findings });
        else context.Output.WriteLine(failed == 0 ? "All is well." : $"{failed} of {findings.Count} checks failed.");
        return failed == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static int List(TextWriter output, bool json)
    {
        if (json) Json.Write(output, new { faults = DoctorFaults.All });
        else foreach (var fault in DoctorFaults.All) output.WriteLine($"{fault.Id,-26} {fault.Meaning}\n{"",26} fix: {fault.Fix}");
        return ExitCode.Success;
    }

    private static void Print(TextWriter output, Finding finding)
    {
        var mark = finding.State switch { FindingState.Good => "ok  ", FindingState.Note => "note", _ => "FAIL" };
        output.WriteLine($"{mark}  {finding.Check,-14} {finding.Detail.ReplaceLineEndings("\n      " + new string(' ', 15))}");
        if (finding.Fix is not null) output.WriteLine($"      {"",-14} fix: {finding.Fix}");
    }
}
