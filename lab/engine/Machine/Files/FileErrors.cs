namespace Firebreak.Lab.Machines;

/// <summary>Errors of the file system, and when an open file stands in the way.</summary>
internal static class FileErrors
{
    public static IOException Exists(string full) => new($"The file '{full}' already exists.", FileTable.FileExistsHResult);

    private static IOException Busy(string full) =>
        new($"The process cannot access the file '{full}' because it is being used by another process.", FileTable.SharingViolationHResult);

    public static void CheckSharing(FileNode node, string full, FileAccess access, FileShare share)
    {
        foreach (LabFileStream open in node.Open)
        {
            if ((access.HasFlag(FileAccess.Read) && !open.Share.HasFlag(FileShare.Read))
                || (access.HasFlag(FileAccess.Write) && !open.Share.HasFlag(FileShare.Write))
                || (open.Access.HasFlag(FileAccess.Read) && !share.HasFlag(FileShare.Read))
                || (open.Access.HasFlag(FileAccess.Write) && !share.HasFlag(FileShare.Write)))
            {
                throw Busy(full);
            }
        }
    }

    public static void CheckFree(FileNode node, string full)
    {
        if (node.Open.Any(o => !o.Share.HasFlag(FileShare.Delete)))
        {
            throw Busy(full);
        }

        foreach (FileNode child in node.Children.Values)
        {
            CheckFree(child, full + "\\" + child.Name);
        }
    }
}
