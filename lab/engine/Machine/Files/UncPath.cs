namespace Firebreak.Lab.Machines;

/// <summary>\\machine\share\path.</summary>
/// <param name="Machine">Name or address.</param>
/// <param name="Share">Name of the share; empty: the machine alone.</param>
/// <param name="Rest">Path below the share, without a separator at its start; empty: the share itself.</param>
internal sealed record UncPath(string Machine, string Share, string Rest)
{
    /// <summary>The share with its machine.</summary>
    public string Root => $@"\\{Machine}\{Share}";

    /// <summary>The whole.</summary>
    public string Full => Rest.Length == 0 ? Root.TrimEnd('\\') : $@"{Root}\{Rest}";

    /// <summary>Whether a path leads to a share. \\?\ and \\.\ do not.</summary>
    public static bool Is(string path) =>
        path.Length > 2 && path[0] is '\\' or '/' && path[1] is '\\' or '/' && path[2] is not ('?' or '.') || path.StartsWith(@"\\?\UNC\", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a path that <see cref="Is"/> one; . and .. are resolved, never above the share.</summary>
    public static UncPath Parse(string path)
    {
        string text = path.Replace('/', '\\').Trim();
        text = text.StartsWith(@"\\?\UNC\", StringComparison.OrdinalIgnoreCase) ? text[8..] : text[2..];
        string[] parts = text.Split('\\', StringSplitOptions.RemoveEmptyEntries);
        string below = FilePath.Normalize(@"C:\" + string.Join('\\', parts.Skip(2)), @"C:\")[3..];
        return new(parts.Length > 0 ? parts[0] : "", parts.Length > 1 ? parts[1] : "", below);
    }
}
