using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Provider;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Statics;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// The session state of a machine: the engine's own commands, the lab's providers and cmdlets. What would lead out of the
/// emulation, onto the developer's disk or to his programs, is not in it.
/// </summary>
internal static class SessionStateFactory
{
    // They read or write files of this system, start processes on it, or attach to others.
    private static readonly string[] Unsafe =
    [
        "Switch-Process", "Start-Job", "Enter-PSHostProcess", "Exit-PSHostProcess", "Get-PSHostProcessInfo", "Get-Help", "Save-Help",
        "Update-Help", "New-ModuleManifest", "Test-ModuleManifest", "New-PSSessionConfigurationFile", "New-PSRoleCapabilityFile",
        "Test-PSSessionConfigurationFile", "Register-PSSessionConfiguration", "Unregister-PSSessionConfiguration", "Enable-PSRemoting",
        "Disable-PSRemoting", "Enable-PSSessionConfiguration", "Disable-PSSessionConfiguration", "Get-PSSessionConfiguration",
        "Set-PSSessionConfiguration", "Get-PSSessionCapability", "Enable-ExperimentalFeature", "Disable-ExperimentalFeature",
        "Get-ExperimentalFeature", "Get-PSSubsystem", "Debug-Job", "New-PSSession", "Enter-PSSession", "Connect-PSSession",
        "Disconnect-PSSession", "Receive-PSSession",
    ];

    // Aliases that PowerShell leaves out on this system, but has on Windows.
    private static readonly (string Name, string Command)[] WindowsAliases =
    [
        ("ac", "Add-Content"), ("cat", "Get-Content"), ("compare", "Compare-Object"), ("cp", "Copy-Item"), ("cpp", "Copy-ItemProperty"),
        ("diff", "Compare-Object"), ("gsv", "Get-Service"), ("gwmi", "Get-WmiObject"), ("gcim", "Get-CimInstance"), ("icim", "Invoke-CimMethod"),
        ("iwmi", "Invoke-WmiMethod"), ("kill", "Stop-Process"), ("ls", "Get-ChildItem"), ("mv", "Move-Item"), ("ps", "Get-Process"),
        ("rm", "Remove-Item"), ("rmdir", "Remove-Item"), ("sasv", "Start-Service"), ("sleep", "Start-Sleep"), ("sort", "Sort-Object"),
        ("spsv", "Stop-Service"), ("start", "Start-Process"), ("write", "Write-Output"), ("clear", "Clear-Host"),
    ];

    private static readonly HashSet<string> UtilityNouns = new(StringComparer.OrdinalIgnoreCase)
    {
        "Output", "Error", "Warning", "Verbose", "Debug", "Information", "Progress", "Host", "Object", "Unique", "Member", "Type", "Json", "Date",
        "TimeSpan", "Sleep", "Random", "Variable", "Culture", "UICulture", "FileHash", "String", "File", "Table", "List", "Wide", "Custom",
    };

    private static readonly (string Name, Type Type, Version Since, string Module)[] Cmdlets =
    [
        .. from type in typeof(SessionStateFactory).Assembly.GetTypes()
           let cmdlet = type.GetCustomAttribute<CmdletAttribute>()
           where cmdlet is not null && !type.IsAbstract
           select ($"{cmdlet.VerbName}-{cmdlet.NounName}", type, type.GetCustomAttribute<SinceAttribute>()?.Version ?? new Version(1, 0), ModuleOf(type, cmdlet.NounName)),
    ];

    private static readonly (string Name, Type Type)[] Providers =
    [
        .. from type in typeof(SessionStateFactory).Assembly.GetTypes()
           let provider = type.GetCustomAttribute<CmdletProviderAttribute>()
           where provider is not null
           select (provider.ProviderName, type),
    ];

    /// <summary>Makes the session state for a process on a machine.</summary>
    public static InitialSessionState Create(SessionContext context)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        foreach (string name in Unsafe)
        {
            state.Commands.Remove(name, null!);
        }
        foreach ((string name, Type type, Version since, string module) in Cmdlets)
        {
            // They are of the system, whatever PowerShell it has: since Windows 8.
            bool isOfLaterSystem = module is "NetSecurity" or "NetConnection" && context.Machine.Os.Number < new Version(6, 2);
            if (context.PSVersion >= since && !isOfLaterSystem)
            {
                var entry = new SessionStateCmdletEntry(name, type, null);
                entry.SetPSSnapIn(SnapIn(module));
                state.Commands.Add(entry);
            }
        }
        foreach ((string name, string command) in WindowsAliases)
        {
            if (state.Commands[name].Count == 0 && Cmdlets.Any(c => c.Name == command && context.PSVersion >= c.Since))
            {
                state.Commands.Add(new SessionStateAliasEntry(name, command));
            }
        }
        state.Commands.Add(new SessionStateFunctionEntry("mkdir", "param([string[]]$Path) New-Item -ItemType Directory @PSBoundParameters"));
        foreach ((string name, Type type) in Providers)
        {
            state.Providers.Remove(name, null!);
            var entry = new SessionStateProviderEntry(name, type, null);
            // The engine's own snap-in: provider paths read Microsoft.PowerShell.Core\Registry::… as on Windows.
            entry.SetPSSnapIn(PSSnapInReader.ReadCoreEngineSnapIn());
            state.Providers.Add(entry);
        }
        if (context.PSVersion.Major < 6)
        {
            foreach (string name in new[] { "IsWindows", "IsLinux", "IsMacOS", "IsCoreCLR" })
            {
                state.Variables.Remove(name, null!);
            }
        }
        state.StartupScripts.Add(PrepareSessionCommand.Name);
        return state;
    }

    private static string ModuleOf(Type type, string noun) => type.Namespace switch
    {
        "Microsoft.Management.Infrastructure.CimCmdlets" => "CimCmdlets",
        "Firebreak.Lab.Engine.Cmdlets.NetSecurity" => "NetSecurity",
        "Firebreak.Lab.Engine.Cmdlets.NetConnection" => "NetConnection",
        _ when noun == "AuthenticodeSignature" => "Microsoft.PowerShell.Security",
        _ => UtilityNouns.Contains(noun) ? "Microsoft.PowerShell.Utility" : "Microsoft.PowerShell.Management",
    };

    private static PSSnapInInfo SnapIn(string name) => new(
        name, true, @"C:\Windows\System32\WindowsPowerShell\v1.0", name, name + ".dll", new Version(3, 0), new Version(3, 1, 0, 0), new Collection<string>(), new Collection<string>(), "", "");
}
