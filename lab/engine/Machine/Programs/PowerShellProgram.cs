namespace Firebreak.Lab.Machines;

/// <summary>powershell.exe: handed to the engine, which alone has a PowerShell.</summary>
internal sealed class PowerShellProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context) =>
        machine.PowerShellRunner is { } runner
            ? runner(machine, arguments, context)
            : throw new LabRefusalException("PowerShell behind powershell.exe on this machine");
}
