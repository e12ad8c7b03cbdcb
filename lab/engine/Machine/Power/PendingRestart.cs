namespace Firebreak.Lab.Machines;

/// <summary>What waits for a restart, and what the restart does about it (packages apart).</summary>
internal sealed class PendingRestart(Machine machine)
{
    private const string SessionManager = @"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager";
    private const string Names = @"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName";

    public IReadOnlyList<string> Reasons()
    {
        RegistryTree registry = machine.Registry;
        List<string> reasons = [];
        if (registry.KeyExists(PackageCatalog.CbsRebootPending))
        {
            reasons.Add("CBS");
        }

        if (registry.KeyExists(PackageCatalog.UpdateRebootRequired))
        {
            reasons.Add("WindowsUpdate");
        }

        if (registry.GetValue(SessionManager, "PendingFileRenameOperations")?.Data is string[] { Length: > 0 })
        {
            reasons.Add("PendingFileRenameOperations");
        }

        if (registry.GetValue(@"HKLM\SOFTWARE\Microsoft\Updates", "UpdateExeVolatile")?.Data is int and not 0
            || registry.GetValue(PackageCatalog.UpdateExeVolatile, "Flags")?.Data is int and not 0)
        {
            reasons.Add("UpdateExeVolatile");
        }

        if (registry.GetValue($@"{Names}\ComputerName", "ComputerName") != registry.GetValue($@"{Names}\ActiveComputerName", "ComputerName"))
        {
            reasons.Add("ComputerRename");
        }

        return reasons;
    }

    public void RenameComputer()
    {
        RegistryValue? name = machine.Registry.GetValue($@"{Names}\ComputerName", "ComputerName");
        if (name is not null && name != machine.Registry.GetValue($@"{Names}\ActiveComputerName", "ComputerName"))
        {
            machine.Registry.SetValue($@"{Names}\ActiveComputerName", "ComputerName", name);
        }
    }

    /// <summary>PendingFileRenameOperations: pairs of source and target, an empty target deletes.</summary>
    public void ReplaceFiles()
    {
        if (machine.Registry.GetValue(SessionManager, "PendingFileRenameOperations")?.Data is not string[] list)
        {
            return;
        }

        for (int i = 0; i + 1 < list.Length; i += 2)
        {
            try
            {
                string source = Plain(list[i]);
                if (list[i + 1].Length == 0)
                {
                    machine.Files.Delete(source, recursive: true);
                }
                else
                {
                    machine.Files.Move(source, Plain(list[i + 1]), overwrite: list[i + 1].StartsWith('!'));
                }
            }
            catch (IOException)
            {
                // The session manager skips what it cannot move, too.
            }
        }

        machine.Registry.DeleteValue(SessionManager, "PendingFileRenameOperations");

        static string Plain(string path) => path.TrimStart('!').Replace(@"\??\", "", StringComparison.Ordinal);
    }
}
