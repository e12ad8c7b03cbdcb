using Firebreak.Lab.Engine.Providers;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.IO.Path] with the rules of Windows.</summary>
public static class LabPath
{
    /// <summary>\.</summary>
    public static readonly char DirectorySeparatorChar = '\\';

    /// <summary>/.</summary>
    public static readonly char AltDirectorySeparatorChar = '/';

    /// <summary>;.</summary>
    public static readonly char PathSeparator = ';';

    /// <summary>:.</summary>
    public static readonly char VolumeSeparatorChar = ':';

    /// <summary>Joins paths; a rooted one starts anew.</summary>
    public static string Combine(string path1, string path2)
    {
        ArgumentNullException.ThrowIfNull(path1);
        ArgumentNullException.ThrowIfNull(path2);
        if (path2.Length == 0)
        {
            return path1;
        }
        if (path1.Length == 0 || IsPathRooted(path2))
        {
            return path2;
        }
        return path1[^1] is '\\' or '/' or ':' ? path1 + path2 : path1 + "\\" + path2;
    }

    /// <summary>Joins paths.</summary>
    public static string Combine(params string[] paths) => paths.Aggregate("", Combine);

    /// <summary>Path of the folder; null for a root.</summary>
    public static string? GetDirectoryName(string? path)
    {
        if (string.IsNullOrEmpty(path) || GetPathRoot(path) == path)
        {
            return null;
        }
        string full = path.Replace('/', '\\');
        int at = full.LastIndexOf('\\');
        return at < 0 ? "" : at == 2 && full[1] == ':' ? full[..3] : full[..at];
    }

    /// <summary>Last part.</summary>
    public static string? GetFileName(string? path) => path?[(path.LastIndexOfAny(['\\', '/', ':']) + 1)..];

    /// <summary>Last part without its extension.</summary>
    public static string? GetFileNameWithoutExtension(string? path)
    {
        string? name = GetFileName(path);
        int dot = name?.LastIndexOf('.') ?? -1;
        return dot < 0 ? name : name![..dot];
    }

    /// <summary>Extension with its dot.</summary>
    public static string? GetExtension(string? path)
    {
        string? name = GetFileName(path);
        int dot = name?.LastIndexOf('.') ?? -1;
        return name is null ? null : dot < 0 || dot == name.Length - 1 ? "" : name[dot..];
    }

    /// <summary>The path with another extension.</summary>
    public static string? ChangeExtension(string? path, string? extension)
    {
        if (path is null)
        {
            return null;
        }
        string stem = path[..(path.Length - (GetExtension(path)?.Length ?? 0))];
        return extension is null ? stem : stem + (extension.StartsWith('.') ? "" : ".") + extension;
    }

    /// <summary>Whether it has an extension.</summary>
    public static bool HasExtension(string? path) => !string.IsNullOrEmpty(GetExtension(path));

    /// <summary>Whether it starts at a root.</summary>
    public static bool IsPathRooted(string? path) => path is { Length: > 0 } && (path[0] is '\\' or '/' || (path.Length > 1 && path[1] == ':'));

    /// <summary>The root, if any.</summary>
    public static string? GetPathRoot(string? path) => path switch
    {
        null => null,
        [_, ':', '\\' or '/', ..] => path[..2] + "\\",
        [_, ':', ..] => path[..2],
        ['\\' or '/', ..] => "\\",
        _ => "",
    };

    /// <summary>Full path on the machine.</summary>
    public static string GetFullPath(string path) => SessionContext.Current.FullPath(path);

    /// <summary>The folder for temporary files, with a separator at its end.</summary>
    public static string GetTempPath() => SessionContext.Current.Environment.GetValueOrDefault("TEMP", @"C:\Windows\Temp").TrimEnd('\\') + "\\";

    /// <summary>Makes an empty temporary file.</summary>
    public static string GetTempFileName()
    {
        string path = GetTempPath() + "tmp" + Random.Shared.Next(0x10000).ToString("X4", System.Globalization.CultureInfo.InvariantCulture) + ".tmp";
        SessionContext.Current.Machine.Files.CreateFolder(WindowsPath.Parent(path));
        SessionContext.Current.Machine.Files.WriteBytes(path, []);
        return path;
    }

    /// <summary>A name that no file has.</summary>
    public static string GetRandomFileName() => System.IO.Path.GetRandomFileName();

    /// <summary>Characters that no file name may have.</summary>
    public static char[] GetInvalidFileNameChars() =>
        [.. "\"<>|:*?\\/", .. Enumerable.Range(0, 32).Select(i => (char)i)];

    /// <summary>Characters that no path may have.</summary>
    public static char[] GetInvalidPathChars() => [.. "\"<>|", .. Enumerable.Range(0, 32).Select(i => (char)i)];
}
