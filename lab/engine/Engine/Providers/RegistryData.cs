using System.Collections.Concurrent;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Firebreak.Lab.Machines;
using Microsoft.Win32;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>Between values of the registry and what PowerShell makes of them.</summary>
internal static partial class RegistryData
{
    /// <summary>The value as Windows PowerShell shows it: variables of REG_EXPAND_SZ replaced.</summary>
    public static object ToObject(RegistryValue value, ConcurrentDictionary<string, string> environment) =>
        value.Kind == RegistryValueKind.ExpandString
            ? Variable().Replace((string)value.Data, m => environment.GetValueOrDefault(m.Groups[1].Value, m.Value))
            : value.Data;

    /// <summary>A value made from what a script gave; <see cref="RegistryValueKind.Unknown"/> = by the data's type, as .NET does.</summary>
    /// <exception cref="PSInvalidCastException">The data does not fit the type.</exception>
    /// <exception cref="ArgumentException">Likewise.</exception>
    public static RegistryValue From(object? data, RegistryValueKind kind)
    {
        object plain = PSObject.Base(data) ?? Empty(kind is RegistryValueKind.Unknown ? RegistryValueKind.String : kind).Data;
        if (kind == RegistryValueKind.Unknown)
        {
            kind = plain switch
            {
                int or uint or short or ushort or byte or sbyte => RegistryValueKind.DWord,
                long or ulong => RegistryValueKind.QWord,
                byte[] => RegistryValueKind.Binary,
                string[] => RegistryValueKind.MultiString,
                object[] => RegistryValueKind.MultiString,
                _ => RegistryValueKind.String,
            };
        }
        return kind switch
        {
            RegistryValueKind.DWord => RegistryValue.Dword(plain is uint big ? unchecked((int)big) : Signed(plain)),
            RegistryValueKind.QWord => new RegistryValue(kind, LanguagePrimitives.ConvertTo<long>(plain)),
            RegistryValueKind.Binary or RegistryValueKind.None => new RegistryValue(kind, LanguagePrimitives.ConvertTo<byte[]>(plain)),
            RegistryValueKind.MultiString => new RegistryValue(kind, LanguagePrimitives.ConvertTo<string[]>(plain)),
            _ => new RegistryValue(kind, LanguagePrimitives.ConvertTo<string>(plain)),
        };
    }

    /// <summary>The value that clearing leaves.</summary>
    public static RegistryValue Empty(RegistryValueKind kind) => kind switch
    {
        RegistryValueKind.DWord => RegistryValue.Dword(0),
        RegistryValueKind.QWord => new RegistryValue(kind, 0L),
        RegistryValueKind.Binary or RegistryValueKind.None => new RegistryValue(kind, Array.Empty<byte>()),
        RegistryValueKind.MultiString => RegistryValue.Multi(),
        _ => new RegistryValue(kind, ""),
    };

    // Windows takes 0 … 0xFFFFFFFF for a DWORD and shows it signed.
    private static int Signed(object value)
    {
        long number = LanguagePrimitives.ConvertTo<long>(value);
        return number is >= int.MinValue and <= uint.MaxValue
            ? unchecked((int)number)
            : throw new ArgumentException($"The value {number} does not fit a DWORD.");
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Variable();
}
