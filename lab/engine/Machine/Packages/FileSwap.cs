using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>Files that an installer replaces: at once, or at the next boot by PendingFileRenameOperations.</summary>
internal sealed class FileSwap(Machine machine)
{
    private const string SessionManager = @"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager";
    private const string Operations = "PendingFileRenameOperations";

    /// <summary>Whether the file is there in this version or a newer one.</summary>
    public bool IsCurrent(string path, FileProfile file) =>
        Version.TryParse(machine.Files.Get(path)?.Version, out Version? there) && Version.TryParse(file.Version, out Version? offered) && there >= offered;

    /// <summary>Puts a new file beside the old one, to take its place at the boot.</summary>
    public void Stage(string path, FileProfile file)
    {
        string full = machine.Files.Normalize(path);
        string staged = Free();
        machine.Files.Install(staged, file);
        Later(staged, full);
    }

    /// <summary>Gives back a file that was kept, at the boot.</summary>
    public void StageCopy(string kept, string full)
    {
        string staged = Free();
        machine.Files.Copy(kept, staged);
        Later(staged, full);
    }

    /// <summary>Deletes at the boot.</summary>
    public void DeleteLater(string path) => Add($@"\??\{path}", "");

    private string Free() => Enumerable.Range(1, int.MaxValue - 1)
        .Select(i => $@"{machine.Os.System32}\SET{i.ToString("X", CultureInfo.InvariantCulture)}.tmp")
        .First(p => !machine.Files.FileExists(p));

    private void Later(string staged, string full) => Add($@"\??\{staged}", $@"!\??\{full}");

    private void Add(string from, string to)
    {
        string[] before = machine.Registry.GetValue(SessionManager, Operations)?.Data as string[] ?? [];
        machine.Registry.SetValue(SessionManager, Operations, RegistryValue.Multi([.. before, from, to]));
    }
}
