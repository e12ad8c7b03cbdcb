using System.Collections;
using System.Management.Automation;

namespace Firebreak.Lab.Engine.Cmdlets;

/// <summary>
/// What -Property of Select-, Sort-, Group- and Measure-Object accepts: a name (with wildcards), a script block, or a
/// hashtable with Name/Label, Expression, Ascending, Descending.
/// </summary>
internal sealed class PropertySelector
{
    private readonly string? _pattern;
    private readonly ScriptBlock? _script;

    private PropertySelector(string? name, string? pattern, ScriptBlock? script, bool? descending)
    {
        Name = name ?? pattern ?? script?.ToString().Trim() ?? "";
        _pattern = pattern;
        _script = script;
        Descending = descending;
    }

    /// <summary>The name of the result.</summary>
    public string Name { get; }

    /// <summary>Order asked for by the hashtable, null if it says nothing.</summary>
    public bool? Descending { get; }

    /// <summary>Whether the name is a pattern that may stand for many properties.</summary>
    public bool IsWildcard => _pattern is not null && WildcardPattern.ContainsWildcardCharacters(_pattern);

    /// <summary>Reads one argument.</summary>
    /// <exception cref="PSArgumentException">It is none of the accepted forms.</exception>
    public static PropertySelector From(object argument)
    {
        object plain = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        switch (plain)
        {
            case ScriptBlock script:
                return new PropertySelector(null, null, script, null);
            case IDictionary table:
                string? name = null;
                object? expression = null;
                bool? descending = null;
                foreach (DictionaryEntry entry in table)
                {
                    string key = LanguagePrimitives.ConvertTo<string>(entry.Key);
                    if (IsPrefix(key, "Name") || IsPrefix(key, "Label")) { name = LanguagePrimitives.ConvertTo<string>(entry.Value); }
                    else if (IsPrefix(key, "Expression")) { expression = entry.Value is PSObject value ? value.BaseObject : entry.Value; }
                    else if (IsPrefix(key, "Ascending")) { descending = !LanguagePrimitives.IsTrue(entry.Value); }
                    else if (IsPrefix(key, "Descending")) { descending = LanguagePrimitives.IsTrue(entry.Value); }
                    else { throw new PSArgumentException($"The {key} key is not valid."); }
                }
                return expression is ScriptBlock block
                    ? new PropertySelector(name, null, block, descending)
                    : new PropertySelector(name, expression is null ? name : LanguagePrimitives.ConvertTo<string>(expression), null, descending);
            default:
                return new PropertySelector(null, LanguagePrimitives.ConvertTo<string>(plain), null, null);
        }
    }

    /// <summary>Reads all arguments of -Property.</summary>
    public static PropertySelector[] FromAll(object[]? arguments) => arguments is null ? [] : [.. arguments.Where(a => a is not null).Select(From)];

    /// <summary>The value for an object; null if there is none or getting it failed.</summary>
    public object? Value(PSObject? item)
    {
        if (item is null)
        {
            return null;
        }
        try
        {
            if (_script is not null)
            {
                return Run(_script, item);
            }
            if (item.BaseObject is IDictionary table && table.Contains(_pattern!))
            {
                return table[_pattern!];
            }
            return item.Properties[_pattern]?.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
        catch (RuntimeException)
        {
            return null;
        }
    }

    /// <summary>Whether the object has the property at all.</summary>
    public bool Has(PSObject? item) =>
        _script is not null || (item is not null && (item.Properties[_pattern] is not null || (item.BaseObject is IDictionary table && table.Contains(_pattern!))));

    /// <summary>The object's properties that the name or pattern stands for.</summary>
    public IEnumerable<PSPropertyInfo> Matches(PSObject item) => _pattern is null ? [] : item.Properties.Match(_pattern);

    /// <summary>Invokes the script block with the object as <c>$_</c>.</summary>
    public static object? Run(ScriptBlock script, PSObject? item) => script.DoInvokeReturnAsIs(
        useLocalScope: true, errorHandlingBehavior: ScriptBlock.ErrorHandlingBehavior.WriteToExternalErrorPipe,
        dollarUnder: item, input: Array.Empty<object>(), scriptThis: System.Management.Automation.Internal.AutomationNull.Value, args: []);

    private static bool IsPrefix(string key, string word) => key.Length > 0 && word.StartsWith(key, StringComparison.OrdinalIgnoreCase);
}
