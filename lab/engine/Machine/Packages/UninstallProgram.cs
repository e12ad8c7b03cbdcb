namespace Firebreak.Lab.Machines;

/// <summary>What an installer before Vista leaves to be taken back with: spuninst.exe, or hotfix.exe /y on NT 4.</summary>
internal sealed class UninstallProgram(PackageProfile package) : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        UpdateOptions? options = UpdateOptions.Parse(package.Engine, arguments);
        bool isWrong = options is null || (package.Engine == "hotfix" && !options.Remove);
        if (isWrong || !options!.IsUnattended || !context.IsAdmin)
        {
            UpdateProgram.WaitForUser(machine, package, isWrong ? "usage" : "wizard", context.Cancellation);
        }

        return Remove(machine, package, options!, context);
    }

    public static ProgramResult Remove(Machine machine, PackageProfile package, UpdateOptions options, ProgramContext context)
    {
        if (machine.Packages.RemoveUpdate(package, context.Cancellation) is not { } exitCode)
        {
            return new(1618);
        }

        return exitCode == package.ExitCode && package.NeedsReboot && !options.NoRestart ? UpdateProgram.Restart(machine) : new(exitCode);
    }
}
