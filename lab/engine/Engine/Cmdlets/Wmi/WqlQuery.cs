using System.Text.RegularExpressions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>SELECT … FROM … WHERE ….</summary>
/// <param name="Properties">Those selected; null for all.</param>
/// <param name="Class">Class name.</param>
/// <param name="Where">The clause, or null.</param>
internal sealed partial record WqlQuery(string[]? Properties, string Class, string? Where)
{
    /// <summary>Parses a query.</summary>
    /// <exception cref="WmiException">It is no WQL.</exception>
    public static WqlQuery Parse(string text)
    {
        Match match = Select().Match(text);
        if (!match.Success)
        {
            throw WmiException.InvalidQuery(text);
        }
        string properties = match.Groups[1].Value.Trim();
        return new WqlQuery(
            properties == "*" ? null : properties.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            match.Groups[2].Value,
            match.Groups[3].Success ? match.Groups[3].Value : null);
    }

    [GeneratedRegex(@"^\s*SELECT\s+(.+?)\s+FROM\s+(\w+)(?:\s+WHERE\s+(.+?))?\s*$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Select();
}
