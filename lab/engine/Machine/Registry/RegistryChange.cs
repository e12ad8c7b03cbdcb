namespace Firebreak.Lab.Machines;

/// <summary>One change of the registry.</summary>
/// <param name="Op">create-key, delete-key, set-value or delete-value.</param>
/// <param name="Key">The canonical path, e.g. HKLM\SOFTWARE\Wow6432Node\X.</param>
/// <param name="Name">The value's name ("" is the default value), or null for keys.</param>
/// <param name="Value">The new value, if one was set.</param>
public sealed record RegistryChange(string Op, string Key, string? Name, RegistryValue? Value);
