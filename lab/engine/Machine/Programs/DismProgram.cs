namespace Firebreak.Lab.Machines;

/// <summary>dism.exe /online /add-package and /remove-package. Works in remote sessions too.</summary>
internal sealed class DismProgram : ILabProgram
{
    private const int NotApplicable = unchecked((int)0x800F081E);
    private const int PrerequisiteMissing = unchecked((int)0x800F0823);
    private const int InvalidPackage = unchecked((int)0x800F0805);

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string? file = null;
        bool online = false;
        bool add = false;
        bool remove = false;
        bool noRestart = false;
        string? store = null;
        string? log = null;
        foreach (string argument in arguments)
        {
            int colon = argument.IndexOf(':', StringComparison.Ordinal);
            string name = (colon < 0 ? argument : argument[..colon]).ToLowerInvariant();
            switch (name)
            {
                case "/online":
                    online = true;
                    break;
                case "/add-package":
                    add = true;
                    break;
                case "/remove-package":
                    remove = true;
                    break;
                case "/packagename" when colon > 0 && store is null:
                    store = argument[(colon + 1)..].Trim('"');
                    break;
                case "/logpath" when colon > 0:
                    log = argument[(colon + 1)..].Trim('"');
                    break;
                case "/packagepath" when colon > 0 && file is null:
                    file = argument[(colon + 1)..].Trim('"');
                    break;
                case "/quiet" or "/english" or "/ignorecheck":
                    break;
                case "/norestart":
                    noRestart = true;
                    break;
                case "/image" or "/get-packages" or "/get-packageinfo" or "/cleanup-image" or "/loglevel" or "/scratchdir" or "/format" or "/get-features" or "/enable-feature" or "/disable-feature":
                    throw new LabRefusalException($"dism {argument}");
                default:
                    return Fail(87, $"The {name.TrimStart('/')} option is unknown.");
            }
        }

        if (!context.IsAdmin)
        {
            return Fail(740, "Elevated permissions are required to run DISM.");
        }

        if (!online || add == remove || (add ? file : store) is null)
        {
            return Fail(87, "An option is missing.");
        }

        if (log is not null)
        {
            machine.Files.WriteText(machine.Files.Normalize(log, context.CurrentDirectory), "DISM started\r\n", FileMode.Append);
        }

        if (remove)
        {
            return Remove(machine, store!, noRestart, context);
        }

        string path;
        try
        {
            path = machine.Files.Normalize(file!, context.CurrentDirectory);
        }
        catch (IOException)
        {
            return Fail(3, "The system cannot find the path specified.");
        }

        if (!machine.Files.FileExists(path))
        {
            return Fail(2, "The system cannot find the file specified.");
        }

        if (machine.Packages.Recognise(path) is not null)
        {
            throw new LabRefusalException("dism that takes a .msu: expand it and add the .cab");
        }

        if (machine.Packages.RecogniseCabinet(path) is not { } package)
        {
            return Fail(13, "The data is invalid.");
        }

        switch (machine.Packages.Judge(package))
        {
            case PackageVerdict.Installed:
                return new(0, "The operation completed successfully.\r\n");
            case PackageVerdict.Pending:
                return new(3010, "The operation completed successfully.\r\n");
            case PackageVerdict.NotApplicable:
                return Fail(NotApplicable, "The specified package is not applicable to this image.");
            case PackageVerdict.PrerequisiteMissing:
                return Fail(PrerequisiteMissing, "The specified package requires a newer servicing stack.");
        }

        if (machine.Packages.Install(package, "DISM Package Manager Provider", context.Cancellation) is not { } exitCode)
        {
            return Fail(1618, "Another installation is already in progress.");
        }

        if (exitCode == 3010 && !noRestart)
        {
            machine.Power.Reboot("dism");
        }

        return exitCode is 0 or 3010 ? new(exitCode, "The operation completed successfully.\r\n") : Fail(exitCode, "DISM failed.");
    }

    private static ProgramResult Remove(Machine machine, string store, bool noRestart, ProgramContext context)
    {
        PackageProfile? package = machine.Packages.Known.FirstOrDefault(p => p.Engine == "wusa" && machine.Packages.StoreName(p).Equals(store, StringComparison.OrdinalIgnoreCase));
        if (package is null || machine.Packages.StateOf(package.Package) is PackageState.Absent or PackageState.Leaving)
        {
            return Fail(InvalidPackage, "The specified package is not valid Windows package.");
        }

        if (machine.Packages.StateOf(package.Package) == PackageState.Pending)
        {
            throw new LabRefusalException("dism /remove-package of an update that awaits its restart");
        }

        if (machine.Packages.Remove(package, context.Cancellation) is not { } exitCode)
        {
            return Fail(1618, "Another installation is already in progress.");
        }

        if (exitCode == 3010 && !noRestart)
        {
            machine.Power.Reboot("dism");
        }

        return exitCode is 0 or 3010 ? new(exitCode, "The operation completed successfully.\r\n") : Fail(exitCode, "DISM failed.");
    }

    private static ProgramResult Fail(int code, string text) => new(code, $"\r\nError: {(code < 0 ? $"0x{code:x8}" : code)}\r\n\r\n{text}\r\n");
}
