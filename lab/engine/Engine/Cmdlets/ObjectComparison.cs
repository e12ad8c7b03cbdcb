using System.Globalization;
using System.Management.Automation;

namespace Firebreak.Lab.Engine.Cmdlets;

/// <summary>How Sort-, Group-, Select- and Compare-Object put values in order.</summary>
internal static class ObjectComparison
{
    /// <summary>Compares two values; null is the smallest, what cannot be compared is compared as text.</summary>
    public static int Compare(object? left, object? right, bool caseSensitive = false)
    {
        object? a = PSObject.Base(left);
        object? b = PSObject.Base(right);
        if (a is null || b is null)
        {
            return a is null ? b is null ? 0 : -1 : 1;
        }
        if (a is not string || b is not string)
        {
            try
            {
                return LanguagePrimitives.Compare(a, b, !caseSensitive, CultureInfo.CurrentCulture);
            }
            catch (ArgumentException)
            {
                // no common type: as text, below
            }
        }
        return string.Compare(Text(left!), Text(right!), CultureInfo.CurrentCulture, caseSensitive ? CompareOptions.None : CompareOptions.IgnoreCase);
    }

    /// <summary>Whether two objects count as the same: by value, or by their note properties.</summary>
    public static bool Same(PSObject left, PSObject right, bool caseSensitive = true)
    {
        if (left.BaseObject is PSCustomObject && right.BaseObject is PSCustomObject)
        {
            PSPropertyInfo[] a = [.. left.Properties];
            PSPropertyInfo[] b = [.. right.Properties];
            return a.Length == b.Length && a.All(p => right.Properties[p.Name] is { } other && Compare(p.Value, other.Value, caseSensitive) == 0);
        }
        return Compare(left, right, caseSensitive) == 0;
    }

    private static string Text(object value) => LanguagePrimitives.ConvertTo<string>(value);
}
