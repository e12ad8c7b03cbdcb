using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.IO.Directory] on a machine.</summary>
public static class LabDirectory
{
    private static FileView Files => SessionContext.Current.Files;

    /// <summary>Whether the folder is there.</summary>
    public static bool Exists(string? path)
    {
        try
        {
            return !string.IsNullOrEmpty(path) && Files.FolderExists(Full(path));
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Makes a folder and its parents.</summary>
    public static LabDirectoryInfo CreateDirectory(string path)
    {
        Files.CreateFolder(Full(path));
        return new LabDirectoryInfo(path);
    }

    /// <summary>Deletes an empty folder.</summary>
    public static void Delete(string path) => Delete(path, false);

    /// <summary>Deletes a folder.</summary>
    public static void Delete(string path, bool recursive)
    {
        string full = Full(path);
        if (!Files.FolderExists(full))
        {
            throw new DirectoryNotFoundException($"Could not find a part of the path '{full}'.");
        }
        Files.Delete(full, recursive);
    }

    /// <summary>Paths of its files.</summary>
    public static string[] GetFiles(string path) => GetFiles(path, "*");

    /// <summary>Paths of its files that match.</summary>
    public static string[] GetFiles(string path, string searchPattern) => GetFiles(path, searchPattern, SearchOption.TopDirectoryOnly);

    /// <summary>Paths of its files that match.</summary>
    public static string[] GetFiles(string path, string searchPattern, SearchOption searchOption) => [.. List(path, searchPattern, searchOption, folders: false)];

    /// <summary>Paths of its folders.</summary>
    public static string[] GetDirectories(string path) => GetDirectories(path, "*");

    /// <summary>Paths of its folders that match.</summary>
    public static string[] GetDirectories(string path, string searchPattern) => [.. List(path, searchPattern, SearchOption.TopDirectoryOnly, folders: true)];

    /// <summary>Moves a folder.</summary>
    public static void Move(string sourceDirName, string destDirName) => Files.Move(Full(sourceDirName), Full(destDirName));

    /// <summary>The session's folder.</summary>
    public static string GetCurrentDirectory() => SessionContext.Current.CurrentDirectory;

    private static string Full(string path) => SessionContext.Current.FullPath(path);

    private static IEnumerable<string> List(string path, string pattern, SearchOption option, bool folders)
    {
        // "*.*" means all, as in Windows.
        WildcardPattern wanted = WildcardPattern.Get(pattern == "*.*" ? "*" : pattern, WildcardOptions.IgnoreCase);
        foreach (FileEntry entry in Files.List(Full(path)))
        {
            if (entry.IsFolder == folders && wanted.IsMatch(entry.Name))
            {
                yield return entry.Path;
            }
            if (entry.IsFolder && option == SearchOption.AllDirectories)
            {
                foreach (string below in List(entry.Path, pattern, option, folders))
                {
                    yield return below;
                }
            }
        }
    }
}
