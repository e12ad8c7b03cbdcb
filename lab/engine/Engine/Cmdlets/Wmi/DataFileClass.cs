using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>CIM_DataFile: all files, names in lower case as the provider gives them.</summary>
internal sealed class DataFileClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "CIM_DataFile";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Name"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) => Files(context.Machine, @"C:\").Select(f => Describe(context.Machine, f));

    private static IEnumerable<FileEntry> Files(Machine machine, string folder)
    {
        foreach (FileEntry entry in machine.Files.List(folder))
        {
            if (!entry.IsFolder)
            {
                yield return entry;
                continue;
            }
            foreach (FileEntry below in Files(machine, entry.Path))
            {
                yield return below;
            }
        }
    }

    private static IReadOnlyList<(string Name, object? Value)> Describe(Machine machine, FileEntry file)
    {
        string name = file.Path.ToLowerInvariant();
        string leaf = name[(name.LastIndexOf('\\') + 1)..];
        int dot = leaf.LastIndexOf('.');
        return
        [
            ("Name", name),
            ("Caption", name),
            ("Description", name),
            ("CSName", machine.Name),
            ("Drive", "c:"),
            ("Path", name[2..(name.LastIndexOf('\\') + 1)]),
            ("FileName", dot < 0 ? leaf : leaf[..dot]),
            ("Extension", dot < 0 ? "" : leaf[(dot + 1)..]),
            ("FileSize", (ulong)file.Size),
            ("Version", file.Version),
            ("CreationDate", file.Created.ToOffset(machine.Os.UtcOffset)),
            ("LastModified", file.Modified.ToOffset(machine.Os.UtcOffset)),
            ("Readable", true),
            ("Status", "OK"),
        ];
    }
}
