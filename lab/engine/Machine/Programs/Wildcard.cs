using System.Text.RegularExpressions;

namespace Firebreak.Lab.Machines;

/// <summary>Wildcards of file names: * and ?.</summary>
internal static class Wildcard
{
    public static bool Matches(string pattern, string name) =>
        Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
