using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>msiexec.exe of Windows Installer 3 and later: installs and removes products and patches, without a window (/qn).</summary>
internal sealed class MsiexecProgram : ILabProgram
{
    private const int Failure = 1603;
    private const int UnknownProduct = 1605;
    private const int Busy = 1618;
    private const int OpenFailed = 1619;
    private const int NoPackage = 1620;
    private const int WrongPlatform = 1633;
    private const int PatchOpenFailed = 1635;
    private const int NoPatch = 1636;
    private const int BadCommandLine = 1639;
    private const int RestartStarted = 1641;
    private const int PatchTargetMissing = 1642;
    private const int UnknownPatch = 1647;

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        Options? options = Options.Parse(arguments);
        if (options is null)
        {
            return new(BadCommandLine);
        }

        if (!options.IsQuiet)
        {
            throw new LabRefusalException("desktop for msiexec to ask on: /qn is missing");
        }

        (PackageProfile? package, int code) = options.Remove is null ? ToInstall(machine, options, context) : ToRemove(machine, options);
        if (package is not null)
        {
            code = !context.IsAdmin ? Failure : Work(machine, package, options, context) ?? Busy;
        }

        if (options.Log is { } log)
        {
            string text = $"=== Logging started ===\r\nMainEngineThread is returning {code}\r\n=== Logging stopped ===\r\n";
            machine.Files.WriteBytes(machine.Files.Normalize(log, context.CurrentDirectory), [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)]);
        }

        if (code != 3010 || options.NoRestart)
        {
            return new(code);
        }

        machine.Power.Reboot("msiexec");
        return new(RestartStarted);
    }

    private static int? Work(Machine machine, PackageProfile package, Options options, ProgramContext context) =>
        options.Remove is null ? machine.Packages.Install(package, "msiexec", context.Cancellation) : machine.Packages.Remove(package, context.Cancellation);

    private static (PackageProfile? Package, int Code) ToInstall(Machine machine, Options options, ProgramContext context)
    {
        bool isPatch = options.Update is not null;
        string? path;
        try
        {
            path = machine.Files.Normalize((options.Update ?? options.Install)!, context.CurrentDirectory);
        }
        catch (IOException)
        {
            path = null;
        }

        if (path is null || !machine.Files.FileExists(path))
        {
            return (null, isPatch ? PatchOpenFailed : OpenFailed);
        }

        if (machine.Packages.Recognise(path) is not { } package || package.Engine != (isPatch ? "msp" : "msi"))
        {
            return (null, isPatch ? NoPatch : NoPackage);
        }

        if (isPatch && !machine.Packages.HasProduct(package.Product!))
        {
            return (null, PatchTargetMissing);
        }

        return machine.Packages.Judge(package) switch
        {
            PackageVerdict.NotApplicable => (null, WrongPlatform),
            // The same package once more: nothing is left to do.
            PackageVerdict.Installed => (null, 0),
            PackageVerdict.Pending => (null, 3010),
            PackageVerdict.PrerequisiteMissing => (null, Failure),
            _ => (package, 0),
        };
    }

    private static (PackageProfile? Package, int Code) ToRemove(Machine machine, Options options)
    {
        bool isPatch = options.Install is not null;
        string product = options.Install ?? options.Remove!;
        if (!machine.Packages.HasProduct(product))
        {
            return (null, UnknownProduct);
        }

        PackageProfile? package = machine.Packages.Known.FirstOrDefault(p => p.Engine == (isPatch ? "msp" : "msi")
            && string.Equals(p.Product, product, StringComparison.OrdinalIgnoreCase)
            && (!isPatch || string.Equals(p.Patch, options.Remove, StringComparison.OrdinalIgnoreCase))
            && machine.Packages.StateOf(p.Package) is PackageState.Installed or PackageState.Pending);
        return package is null ? (null, isPatch ? UnknownPatch : UnknownProduct) : (package, 0);
    }

    /// <summary>What the command line asks for: Install with Remove is a patch (Remove) taken from a product (Install).</summary>
    private sealed class Options
    {
        public string? Install { get; private set; }

        public string? Update { get; private set; }

        public string? Remove { get; private set; }

        public string? Log { get; private set; }

        public bool IsQuiet { get; private set; }

        public bool NoRestart { get; private set; }

        public static Options? Parse(IReadOnlyList<string> arguments)
        {
            Options options = new();
            Slashes rest = new(arguments);
            while (rest.Next(out string argument))
            {
                if (!options.Take(argument, rest))
                {
                    return null;
                }
            }

            bool isProduct = options.Install?.StartsWith('{') ?? false;
            bool isOne = (options.Install, options.Update, options.Remove) switch
            {
                (not null, null, null) => !isProduct,
                (null, not null, null) => true,
                (null, null, not null) => true,
                (not null, null, not null) => isProduct,
                _ => false,
            };
            return isOne ? options : null;
        }

        private bool Take(string argument, Slashes rest)
        {
            if (argument[0] is not ('/' or '-'))
            {
                return TakeProperty(argument);
            }

            string name = argument[1..].ToLowerInvariant();
            switch (name)
            {
                case "i" or "package":
                    return (Install = rest.Value()) is not null;
                case "update" or "p":
                    return (Update = rest.Value()) is not null;
                case "x" or "uninstall":
                    return (Remove = rest.Value()) is not null;
                case "qn" or "quiet":
                    IsQuiet = true;
                    return true;
                case "norestart":
                    NoRestart = true;
                    return true;
                case "log":
                case var _ when name.StartsWith('l'):
                    return (Log = rest.AnyValue()) is not null;
                case "qb" or "qr" or "qf" or "passive" or "promptrestart" or "forcerestart":
                case var _ when name.Length > 0 && name[0] is 'f' or 'a' or 'j' or 'y' or 'z' or 'g' or 'm' or 't' or 'c' or 'n':
                    throw new LabRefusalException($"msiexec {argument}");
                default:
                    return false;
            }
        }

        private bool TakeProperty(string argument)
        {
            int at = argument.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                return false;
            }

            NoRestart |= argument[..at].Equals("REBOOT", StringComparison.OrdinalIgnoreCase) && argument[(at + 1)..].StartsWith('R');
            return true;
        }
    }
}
