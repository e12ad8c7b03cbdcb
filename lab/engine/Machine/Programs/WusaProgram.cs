namespace Firebreak.Lab.Machines;

/// <summary>wusa.exe: Windows Update Standalone Installer. Fails with 5 in sessions that came over the network, as the real one does.</summary>
internal sealed class WusaProgram : ILabProgram
{
    private const int AlreadyInstalled = 0x00240006;
    private const int AlreadyUninstalled = 0x00240007;
    private const int NotApplicable = unchecked((int)0x80240017);
    private const int InstallNotAllowed = unchecked((int)0x80240016);
    private const int InvalidData = unchecked((int)0x8007000D);
    private const int ServiceDisabled = unchecked((int)0x80070422);
    private const int PrerequisiteMissing = unchecked((int)0x800F0823);

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string? file = null;
        bool quiet = false;
        bool noRestart = false;
        bool forceRestart = false;
        bool uninstall = false;
        string? kb = null;
        foreach (string argument in arguments)
        {
            string name = argument.ToLowerInvariant();
            switch (name)
            {
                case "/quiet":
                    quiet = true;
                    break;
                case "/norestart":
                    noRestart = true;
                    break;
                case "/forcerestart":
                    forceRestart = true;
                    break;
                case "/uninstall":
                    uninstall = true;
                    break;
                case var _ when name.StartsWith("/kb:", StringComparison.Ordinal):
                    kb = "KB" + name[4..];
                    break;
                case "/promptrestart" or "/?" or "/help" or "/h":
                    throw new LabRefusalException($"wusa {argument}");
                case var _ when name.StartsWith("/log:", StringComparison.Ordinal) || name.StartsWith("/extract", StringComparison.Ordinal) || name.StartsWith("/warnrestart", StringComparison.Ordinal):
                    throw new LabRefusalException($"wusa {argument}");
                case var _ when file is null && !name.StartsWith('/'):
                    file = argument;
                    break;
                default:
                    return new(87);
            }
        }

        if ((file is null) == (kb is null) || (kb is not null && !uninstall) || (noRestart && forceRestart))
        {
            return new(87);
        }

        if (context.Logon is LogonKind.Network or LogonKind.NetworkCleartext || !context.IsAdmin)
        {
            return new(5);
        }

        if (!quiet)
        {
            throw new LabRefusalException("desktop for wusa to ask on: /quiet is missing");
        }

        if (kb is not null)
        {
            return Uninstall(machine, machine.Packages.Known.FirstOrDefault(p => p.Engine == "wusa" && p.Kb == kb), noRestart, forceRestart, context);
        }

        string path;
        try
        {
            path = machine.Files.Normalize(file!, context.CurrentDirectory);
        }
        catch (IOException)
        {
            return new(3);
        }

        if (!machine.Files.FileExists(path))
        {
            return new(2);
        }

        if (machine.Services.Get("wuauserv")?.Start == ServiceStart.Disabled)
        {
            return new(ServiceDisabled);
        }

        if (machine.Packages.Recognise(path) is not { } package)
        {
            return new(InvalidData);
        }

        if (uninstall)
        {
            return Uninstall(machine, package, noRestart, forceRestart, context);
        }

        switch (machine.Packages.Judge(package))
        {
            case PackageVerdict.Installed or PackageVerdict.Pending:
                return new(AlreadyInstalled);
            case PackageVerdict.NotApplicable:
                return new(NotApplicable);
            case PackageVerdict.PrerequisiteMissing:
                return new(PrerequisiteMissing);
        }

        if (machine.Packages.Install(package, "WindowsUpdateAgent", context.Cancellation) is not { } exitCode)
        {
            return new(InstallNotAllowed);
        }

        if (forceRestart || (exitCode == 3010 && !noRestart))
        {
            machine.Power.Reboot("wusa");
            return new(1641);
        }

        return new(exitCode);
    }

    private static ProgramResult Uninstall(Machine machine, PackageProfile? package, bool noRestart, bool forceRestart, ProgramContext context)
    {
        PackageState state = package is null ? PackageState.Absent : machine.Packages.StateOf(package.Package);
        if (state is PackageState.Pending)
        {
            throw new LabRefusalException("wusa /uninstall of an update that awaits its restart");
        }

        if (state is not PackageState.Installed)
        {
            return new(AlreadyUninstalled);
        }

        if (machine.Packages.Remove(package!, context.Cancellation) is not { } exitCode)
        {
            return new(InstallNotAllowed);
        }

        if (forceRestart || (exitCode == 3010 && !noRestart))
        {
            machine.Power.Reboot("wusa");
            return new(1641);
        }

        return new(exitCode);
    }
}
