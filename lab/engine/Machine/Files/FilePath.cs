namespace Firebreak.Lab.Machines;

/// <summary>Paths of the one drive a machine has, C:.</summary>
internal static class FilePath
{
    /// <summary>Full path: / turned, . and .. resolved against <paramref name="current"/>, \\?\ understood.</summary>
    /// <exception cref="DirectoryNotFoundException">Another drive or another machine.</exception>
    /// <exception cref="IOException">Characters that no name may have.</exception>
    public static string Normalize(string path, string current)
    {
        string full = path.Replace('/', '\\').Trim();
        if (full.StartsWith(@"\\?\", StringComparison.Ordinal))
        {
            full = full[4..];
        }

        if (full.StartsWith(@"\\", StringComparison.Ordinal))
        {
            throw new DirectoryNotFoundException($"The network path was not found: {path}");
        }

        if (full.Length == 0)
        {
            throw new ArgumentException("The path is empty.", nameof(path));
        }

        if (full[0] == '\\')
        {
            full = "C:" + full;
        }
        else if (full.Length < 2 || full[1] != ':')
        {
            full = current.TrimEnd('\\') + "\\" + full;
        }
        else if (full.Length > 2 && full[2] != '\\')
        {
            full = current.TrimEnd('\\') + "\\" + full[2..];
        }

        if (char.ToUpperInvariant(full[0]) != 'C')
        {
            throw new DirectoryNotFoundException($"Could not find a part of the path '{path}'.");
        }

        List<string> parts = [];
        foreach (string part in full[2..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else if (part != ".")
            {
                if (part.AsSpan().IndexOfAny("<>:\"|?*") >= 0)
                {
                    throw new IOException($"The filename, directory name, or volume label syntax is incorrect: '{path}'", unchecked((int)0x8007007B));
                }

                parts.Add(part.TrimEnd(' ', '.'));
            }
        }

        return @"C:\" + string.Join('\\', parts);
    }

    public static string Parent(string full) => full.LastIndexOf('\\') is var at && at <= 2 ? @"C:\" : full[..at];

    public static string Leaf(string full) => full[(full.LastIndexOf('\\') + 1)..];
}
