using System.Globalization;
using System.Management.Automation;
using Firebreak.Lab.Engine.Providers;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;
using Microsoft.Win32;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>StdRegProv: the registry through WMI. Its methods return Win32 error codes.</summary>
internal sealed class RegistryClass : WmiClass
{
    private static readonly string[] KeyParameters = ["hDefKey", "sSubKeyName"];
    private static readonly string[] ValueParameters = ["hDefKey", "sSubKeyName", "sValueName"];

    /// <inheritdoc/>
    public override string Name => "StdRegProv";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Namespaces { get; } = [@"root\default", @"root\cimv2"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<WmiMethod> Methods { get; } =
    [
        Get("GetStringValue", "sValue", RegistryValueKind.String),
        Get("GetExpandedStringValue", "sValue", RegistryValueKind.ExpandString),
        Get("GetDWORDValue", "uValue", RegistryValueKind.DWord),
        Get("GetQWORDValue", "uValue", RegistryValueKind.QWord),
        Get("GetBinaryValue", "uValue", RegistryValueKind.Binary),
        Get("GetMultiStringValue", "sValue", RegistryValueKind.MultiString),
        Set("SetStringValue", "sValue", RegistryValueKind.String),
        Set("SetExpandedStringValue", "sValue", RegistryValueKind.ExpandString),
        Set("SetDWORDValue", "uValue", RegistryValueKind.DWord),
        Set("SetQWORDValue", "uValue", RegistryValueKind.QWord),
        Set("SetBinaryValue", "uValue", RegistryValueKind.Binary),
        Set("SetMultiStringValue", "sValue", RegistryValueKind.MultiString),
        new("EnumKey", KeyParameters, (context, _, arguments) => EnumKey(context, arguments)),
        new("EnumValues", KeyParameters, (context, _, arguments) => EnumValues(context, arguments)),
        new("CreateKey", KeyParameters, (context, _, arguments) => Change(context, () => context.Machine.Registry.CreateKey(Key(arguments)) || true)),
        new("DeleteKey", KeyParameters, (context, _, arguments) => DeleteKey(context, arguments)),
        new("DeleteValue", ValueParameters, (context, _, arguments) => Change(context, () => context.Machine.Registry.DeleteValue(Key(arguments), Text(arguments, "sValueName")))),
        new("CheckAccess", ["hDefKey", "sSubKeyName", "uRequired"], (context, _, arguments) =>
            new WmiResult([("bGranted", context.Machine.Registry.KeyExists(Key(arguments))), ("ReturnValue", context.Machine.Registry.KeyExists(Key(arguments)) ? 0U : NotFound)])),
    ];

    private const uint NotFound = 2;

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) => [];

    private static string Key(IReadOnlyDictionary<string, object?> arguments)
    {
        uint hive = arguments.GetValueOrDefault("hDefKey") is { } given ? LanguagePrimitives.ConvertTo<uint>(given) : 0x80000002;
        string root = hive switch
        {
            0x80000000 => "HKCR",
            0x80000001 => "HKCU",
            0x80000002 => "HKLM",
            0x80000003 => "HKU",
            0x80000005 => "HKCC",
            _ => throw WmiException.InvalidParameters("hDefKey"),
        };
        return WindowsPath.Combine(root, Text(arguments, "sSubKeyName"));
    }

    private static string Text(IReadOnlyDictionary<string, object?> arguments, string name) =>
        Convert.ToString(arguments.GetValueOrDefault(name), CultureInfo.InvariantCulture) ?? "";

    private static WmiMethod Get(string name, string result, RegistryValueKind kind) => new(name, ValueParameters, (context, _, arguments) =>
    {
        if (context.Machine.Registry.GetValue(Key(arguments), Text(arguments, "sValueName")) is not { } value)
        {
            return new WmiResult([(result, null), ("ReturnValue", context.Machine.Registry.KeyExists(Key(arguments)) ? 1U : NotFound)]);
        }
        if (value.Kind != kind)
        {
            // WBEM_E_TYPE_MISMATCH
            return new WmiResult([(result, null), ("ReturnValue", 2147749893U)]);
        }
        object data = value.Data switch
        {
            int number => unchecked((uint)number),
            long number => unchecked((ulong)number),
            _ => RegistryData.ToObject(value, context.Environment),
        };
        return new WmiResult([(result, data), ("ReturnValue", 0U)]);
    });

    private static WmiMethod Set(string name, string parameter, RegistryValueKind kind) => new(name, [.. ValueParameters, parameter], (context, _, arguments) => Change(context, () =>
    {
        context.Machine.Registry.SetValue(Key(arguments), Text(arguments, "sValueName"), RegistryData.From(arguments.GetValueOrDefault(parameter), kind));
        return true;
    }));

    private static WmiResult Change(SessionContext context, Func<bool> change) =>
        WmiResult.Code(!context.Program.IsAdmin ? 5U : change() ? 0U : NotFound);

    private static WmiResult EnumKey(SessionContext context, IReadOnlyDictionary<string, object?> arguments) =>
        context.Machine.Registry.SubKeyNames(Key(arguments)) is { } names
            ? new WmiResult([("sNames", names.Count == 0 ? null : names.ToArray()), ("ReturnValue", 0U)])
            : new WmiResult([("sNames", null), ("ReturnValue", NotFound)]);

    private static WmiResult EnumValues(SessionContext context, IReadOnlyDictionary<string, object?> arguments)
    {
        if (context.Machine.Registry.Values(Key(arguments)) is not { } values)
        {
            return new WmiResult([("sNames", null), ("Types", null), ("ReturnValue", NotFound)]);
        }
        return new WmiResult(
        [
            ("sNames", values.Count == 0 ? null : values.Select(v => v.Key).ToArray()),
            ("Types", values.Count == 0 ? null : values.Select(v => (int)v.Value.Kind).ToArray()),
            ("ReturnValue", 0U),
        ]);
    }

    private static WmiResult DeleteKey(SessionContext context, IReadOnlyDictionary<string, object?> arguments)
    {
        if (context.Machine.Registry.SubKeyNames(Key(arguments)) is { Count: > 0 })
        {
            return WmiResult.Code(5);
        }
        return Change(context, () => context.Machine.Registry.DeleteKey(Key(arguments)));
    }
}
