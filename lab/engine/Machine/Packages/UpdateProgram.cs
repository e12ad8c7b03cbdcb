namespace Firebreak.Lab.Machines;

/// <summary>
/// A package before Vista, run by its own path: update.exe or hotfix.exe with its switches. Without a switch that keeps it
/// quiet, or with one that it does not know, it shows a window and waits for a user for ever.
/// </summary>
internal sealed class UpdateProgram(PackageProfile package) : ILabProgram
{
    private const int Busy = 1618;
    private const int RestartStarted = 1641;

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        UpdateOptions? options = UpdateOptions.Parse(package.Engine, arguments);
        if (options is null || !options.IsUnattended || !context.IsAdmin)
        {
            string why = options is null ? "usage" : !context.IsAdmin ? "no administrator" : "wizard";
            WaitForUser(machine, package, why, context.Cancellation);
        }

        if (options!.Remove)
        {
            return UninstallProgram.Remove(machine, package, options, context);
        }

        if (machine.Packages.JudgeUpdate(package) is { } unfit)
        {
            machine.Packages.Log(package, $"{unfit}\r\n{package.Kb} Setup canceled.");
            return new(package.RefusedExitCode);
        }

        if (machine.Packages.InstallUpdate(package, !options.NoBackup, context.Cancellation) is not { } exitCode)
        {
            return new(Busy);
        }

        bool done = exitCode == package.ExitCode;
        return done && ((package.NeedsReboot && !options.NoRestart) || options.ForceRestart) ? Restart(machine) : new(exitCode);
    }

    /// <summary>A window that nobody closes.</summary>
    public static void WaitForUser(Machine machine, PackageProfile package, string why, CancellationToken cancellation)
    {
        machine.History.Add("package", ("package", package.Package), ("phase", "waits-for-user"), ("exitCode", null), ("why", why));
        machine.Clock.Sleep(Timeout.InfiniteTimeSpan, cancellation);
    }

    /// <summary>Restarts the machine at the end of an installer.</summary>
    public static ProgramResult Restart(Machine machine)
    {
        try
        {
            machine.Power.Reboot("update.exe");
        }
        catch (LabWin32Exception)
        {
            // It goes down already.
        }

        return new(RestartStarted);
    }
}
