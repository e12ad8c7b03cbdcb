using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>A WHERE clause of WQL: comparisons, LIKE, IS NULL, NOT, AND, OR, parentheses.</summary>
internal sealed partial class WqlFilter
{
    private readonly string _text;
    private readonly List<string> _tokens;
    private int _at;

    private WqlFilter(string text)
    {
        _text = text;
        _tokens = [.. Token().Matches(text).Select(m => m.Value)];
    }

    /// <summary>Parses a clause.</summary>
    /// <exception cref="WmiException">It is no WQL.</exception>
    public static Func<WmiInstance, bool> Parse(string text)
    {
        var parser = new WqlFilter(text);
        Func<WmiInstance, bool> filter = parser.Or();
        return parser._at == parser._tokens.Count ? filter : throw WmiException.InvalidQuery(text);
    }

    [GeneratedRegex("""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|<=|>=|<>|!=|[=<>()]|[^\s=<>!()'"]+""")]
    private static partial Regex Token();

    private string? Peek => _at < _tokens.Count ? _tokens[_at] : null;

    private string Next() => _at < _tokens.Count ? _tokens[_at++] : throw WmiException.InvalidQuery(_text);

    private bool Take(string word)
    {
        bool same = word.Equals(Peek, StringComparison.OrdinalIgnoreCase);
        _at += same ? 1 : 0;
        return same;
    }

    private Func<WmiInstance, bool> Or()
    {
        Func<WmiInstance, bool> left = And();
        while (Take("OR"))
        {
            Func<WmiInstance, bool> before = left;
            Func<WmiInstance, bool> right = And();
            left = i => before(i) || right(i);
        }
        return left;
    }

    private Func<WmiInstance, bool> And()
    {
        Func<WmiInstance, bool> left = Not();
        while (Take("AND"))
        {
            Func<WmiInstance, bool> before = left;
            Func<WmiInstance, bool> right = Not();
            left = i => before(i) && right(i);
        }
        return left;
    }

    private Func<WmiInstance, bool> Not()
    {
        if (Take("NOT"))
        {
            Func<WmiInstance, bool> inner = Not();
            return i => !inner(i);
        }
        if (Take("("))
        {
            Func<WmiInstance, bool> inner = Or();
            return Take(")") ? inner : throw WmiException.InvalidQuery(_text);
        }
        return Comparison();
    }

    private Func<WmiInstance, bool> Comparison()
    {
        string name = Next();
        string sign = Next();
        if (sign.Equals("IS", StringComparison.OrdinalIgnoreCase))
        {
            bool negated = Take("NOT");
            return Take("NULL") ? Checked(name, i => i[name] is null != negated) : throw WmiException.InvalidQuery(_text);
        }
        string literal = Next();
        string value = Literal(literal);
        switch (sign.ToUpperInvariant())
        {
            case "LIKE":
                var pattern = new Regex("^" + Like(value) + "$", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant);
                return Checked(name, i => i[name] is { } v && pattern.IsMatch(Text(v)));
            case "=": return Checked(name, i => Compare(i[name], value, literal) == 0);
            case "<>" or "!=": return Checked(name, i => Compare(i[name], value, literal) is not 0);
            case "<": return Checked(name, i => Compare(i[name], value, literal) < 0);
            case ">": return Checked(name, i => Compare(i[name], value, literal) > 0);
            case "<=": return Checked(name, i => Compare(i[name], value, literal) <= 0);
            case ">=": return Checked(name, i => Compare(i[name], value, literal) >= 0);
            default: throw WmiException.InvalidQuery(_text);
        }
    }

    // A property that the class does not have makes the query invalid.
    private Func<WmiInstance, bool> Checked(string name, Func<WmiInstance, bool> test) => i =>
        i.Properties.Any(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ? test(i) : throw WmiException.InvalidQuery(_text);

    private static string Literal(string token) => token.Length >= 2 && token[0] is '\'' or '"'
        ? Regex.Replace(token[1..^1], @"\\(.)", "$1")
        : token;

    private static string Like(string pattern)
    {
        var result = new StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            int close = pattern[i] == '[' ? pattern.IndexOf(']', i) : -1;
            if (close > i)
            {
                result.Append(pattern, i, close - i + 1);
                i = close;
                continue;
            }
            result.Append(pattern[i] switch { '%' => ".*", '_' => ".", char c => Regex.Escape(c.ToString()) });
        }
        return result.ToString();
    }

    private static int? Compare(object? actual, string value, string literal)
    {
        switch (actual)
        {
            case null:
                return null;
            case bool flag:
                return flag == (value.Equals("true", StringComparison.OrdinalIgnoreCase) || value is "1" or "-1") ? 0 : 1;
            // A reference: with or without the machine, in either kind of quotes.
            case string text when text.Contains(":Win32_", StringComparison.Ordinal):
                return string.Compare(Reference(text), Reference(value), StringComparison.OrdinalIgnoreCase);
            case string text:
                return string.Compare(text, value, StringComparison.OrdinalIgnoreCase);
            case DateTimeOffset time:
                return time.CompareTo(WmiDate.FromDmtf(value));
            default:
                return decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
                    ? Convert.ToDecimal(actual, CultureInfo.InvariantCulture).CompareTo(number)
                    : throw WmiException.InvalidQuery(literal);
        }
    }

    private static string Reference(string path) => path[(path.IndexOf(":Win32_", StringComparison.Ordinal) + 1)..].Replace('\'', '"');

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
