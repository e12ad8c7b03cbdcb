using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_ComputerSystem.</summary>
internal sealed class ComputerSystemClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_ComputerSystem";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Name"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        Machine machine = context.Machine;
        OsIdentity os = machine.Os;
        bool joined = os.Domain is not null;
        // 0/1 workstation, 2/3 server, alone or in a domain; 5 the primary domain controller.
        ushort role = os.ProductType switch
        {
            2 => 5,
            3 => (ushort)(joined ? 3 : 2),
            _ => (ushort)(joined ? 1 : 0),
        };
        yield return
        [
            ("Name", machine.Name),
            ("Caption", machine.Name),
            ("DNSHostName", machine.Name),
            ("Domain", os.Domain ?? os.Workgroup),
            ("Workgroup", joined ? null : os.Workgroup),
            ("PartOfDomain", joined),
            ("DomainRole", role),
            ("Manufacturer", "Firebreak"),
            ("Model", "Lab machine"),
            ("SystemType", os.Arch switch { "x86" => "X86-based PC", "arm64" => "ARM64-based PC", _ => "x64-based PC" }),
            ("NumberOfProcessors", 1U),
            ("NumberOfLogicalProcessors", 2U),
            ("TotalPhysicalMemory", 4294500352UL),
            ("UserName", null),
            ("CurrentTimeZone", (short)os.UtcOffset.TotalMinutes),
            ("Status", "OK"),
        ];
    }
}
