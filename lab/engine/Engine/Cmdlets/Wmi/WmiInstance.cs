namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>One instance of a WMI class: its properties in order; times are <see cref="DateTimeOffset"/>.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Properties">Name and value.</param>
internal sealed record WmiInstance(WmiClass Class, IReadOnlyList<(string Name, object? Value)> Properties)
{
    /// <summary>A property's value; null also if there is none.</summary>
    public object? this[string name] => Properties.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Relative path: class and keys.</summary>
    public string RelativePath => Class.Keys.Count == 0
        ? Class.Name + "=@"
        : Class.Name + "." + string.Join(',', Class.Keys.Select(k => $"{k}=\"{Convert.ToString(this[k], System.Globalization.CultureInfo.InvariantCulture)?.Replace("\\", "\\\\", StringComparison.Ordinal)}\""));
}
