using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_LogicalDisk: drive C: of a small virtual machine.</summary>
internal sealed class LogicalDiskClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_LogicalDisk";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["DeviceID"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        yield return
        [
            ("DeviceID", "C:"),
            ("Caption", "C:"),
            ("Name", "C:"),
            ("Description", "Local Fixed Disk"),
            ("DriveType", 3U),
            ("MediaType", 12U),
            ("FileSystem", "NTFS"),
            ("Size", 63779631104UL),
            ("FreeSpace", 41298472960UL),
            ("VolumeName", ""),
            ("VolumeSerialNumber", "1A8B0F3C"),
            ("SystemName", context.Machine.Name),
        ];
    }
}
