namespace Firebreak.Lab.Engine.Providers;

/// <summary>Path arithmetic with backslashes, as all providers of a Windows machine do it.</summary>
internal static class WindowsPath
{
    /// <summary>Joins two paths with exactly one separator.</summary>
    public static string Combine(string? parent, string? child)
    {
        string left = (parent ?? "").Replace('/', '\\');
        string right = (child ?? "").Replace('/', '\\').TrimStart('\\');
        return left.Length == 0 ? right : right.Length == 0 ? left : left.TrimEnd('\\') + "\\" + right;
    }

    /// <summary>All but the last part; of a drive's folder the root with its separator.</summary>
    public static string Parent(string path)
    {
        string full = path.Replace('/', '\\');
        string trimmed = full.TrimEnd('\\');
        int at = trimmed.LastIndexOf('\\');
        if (at < 0)
        {
            return "";
        }
        return at == 2 && trimmed[1] == ':' ? trimmed[..3] : trimmed[..at];
    }

    /// <summary>The last part.</summary>
    public static string Name(string path)
    {
        string trimmed = path.Replace('/', '\\').TrimEnd('\\');
        return trimmed[(trimmed.LastIndexOf('\\') + 1)..];
    }
}
