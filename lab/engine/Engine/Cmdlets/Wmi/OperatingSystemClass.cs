using System.Globalization;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_OperatingSystem.</summary>
internal sealed class OperatingSystemClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_OperatingSystem";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Name"];

    /// <inheritdoc/>
    public override IReadOnlyList<WmiMethod> Methods { get; } =
    [
        new("Reboot", [], (context, _, _) => Shutdown(context, 2)),
        new("Shutdown", [], (context, _, _) => Shutdown(context, 1)),
        new("Win32Shutdown", ["Flags", "Reserved"], (context, _, arguments) => Shutdown(context, Convert.ToInt32(arguments.GetValueOrDefault("Flags") ?? 0, CultureInfo.InvariantCulture))),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        Machine machine = context.Machine;
        OsIdentity os = machine.Os;
        IReadOnlyList<(string Name, object? Value)> all =
        [
            ("Caption", os.Caption),
            ("Version", os.Version),
            ("BuildNumber", os.Build.ToString(CultureInfo.InvariantCulture)),
            ("BuildType", os.CurrentType),
            ("CSDVersion", os.ServicePack == 0 ? null : $"Service Pack {os.ServicePack}"),
            ("ServicePackMajorVersion", (ushort)os.ServicePack),
            ("ServicePackMinorVersion", (ushort)0),
            ("ProductType", (uint)os.ProductType),
            ("OSArchitecture", os.Is64Bit ? "64-bit" : "32-bit"),
            ("OSLanguage", (uint)context.Culture.LCID),
            ("MUILanguages", new[] { os.Culture }),
            ("Locale", os.Locale),
            ("CodeSet", context.Ansi.CodePage.ToString(CultureInfo.InvariantCulture)),
            ("CountryCode", os.Culture.EndsWith("JP", StringComparison.Ordinal) ? "81" : "1"),
            ("CSName", machine.Name),
            ("Manufacturer", "Microsoft Corporation"),
            ("Name", $@"{os.Caption}|{os.SystemRoot}|\Device\Harddisk0\Partition2"),
            ("SystemDirectory", os.SystemRoot + @"\system32"),
            ("SystemDrive", "C:"),
            ("WindowsDirectory", os.SystemRoot),
            ("LastBootUpTime", machine.Power.BootTime.ToOffset(os.UtcOffset)),
            ("LocalDateTime", machine.LocalNow),
            ("CurrentTimeZone", (short)os.UtcOffset.TotalMinutes),
            ("NumberOfProcesses", (uint)machine.Processes.All.Count),
            ("NumberOfUsers", (uint)1),
            // Sizes of a small virtual machine; nothing in the lab uses memory.
            ("TotalVisibleMemorySize", 4193848UL),
            ("FreePhysicalMemory", 2411520UL),
            ("TotalVirtualMemorySize", 5570104UL),
            ("FreeVirtualMemory", 3712344UL),
            ("Primary", true),
            ("Status", "OK"),
        ];
        // These two came with Vista.
        yield return os.IsLegacy ? [.. all.Where(p => p.Name is not ("OSArchitecture" or "MUILanguages"))] : all;
    }

    // Flags of Win32Shutdown: 0 log off, 1 shut down, 2 reboot, 4 force, 8 power off.
    private static WmiResult Shutdown(SessionContext context, int flags)
    {
        if (!context.Program.IsAdmin)
        {
            return WmiResult.Code(1314);
        }
        if (!context.HasPrivileges)
        {
            throw WmiException.PrivilegeNotHeld();
        }
        switch (flags & ~4)
        {
            case 2:
                return Down(context, restart: true);
            case 1 or 8:
                return Down(context, restart: false);
            default:
                throw new LabRefusalException($"Win32Shutdown({flags})");
        }
    }

    private static WmiResult Down(SessionContext context, bool restart)
    {
        try
        {
            context.Machine.Power.ScheduleShutdown(TimeSpan.Zero, restart, context.Account);
            return WmiResult.Code(0);
        }
        catch (LabWin32Exception error)
        {
            return WmiResult.Code((uint)error.Code);
        }
    }
}
