using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_LogicalDisk: fixed disks of a small virtual machine.</summary>
internal sealed class LogicalDiskClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_LogicalDisk";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["DeviceID"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) =>
        context.Machine.Disks.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => (IReadOnlyList<(string Name, object? Value)>)
        [
            ("DeviceID", d.Key),
            ("Caption", d.Key),
            ("Name", d.Key),
            ("Description", "Local Fixed Disk"),
            ("DriveType", 3U),
            ("MediaType", 12U),
            ("FileSystem", d.Value),
            ("Size", 63779631104UL),
            ("FreeSpace", 41298472960UL),
            ("VolumeName", ""),
            ("VolumeSerialNumber", "1A8B0F3C"),
            ("SystemName", context.Machine.Name),
        ]);
}
