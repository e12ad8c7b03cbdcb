using System.Management.Automation;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// Gives the engine's provider paths the separators of Windows. They are static readonly fields that the engine sets for
/// the system it runs on; they can be set again only before the code that reads them is compiled for good.
/// </summary>
internal static class WindowsPaths
{
    /// <summary>Sets them.</summary>
    public static void Apply()
    {
        Set("DefaultPathSeparator", '\\');
        Set("DefaultPathSeparatorString", "\\");
        Set("AlternatePathSeparator", '/');
        Set("AlternatePathSeparatorString", "/");
    }

    private static void Set(string name, object value)
    {
        Type owner = typeof(StringLiterals);
        RuntimeHelpers.RunClassConstructor(owner.TypeHandle);
        FieldInfo field = owner.GetField(name, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            ?? throw new MissingFieldException(owner.FullName, name);
        // Reflection refuses to write a static readonly field; the instruction itself does not.
        var setter = new DynamicMethod("Set" + name, null, [field.FieldType], typeof(WindowsPaths).Module, skipVisibility: true);
        ILGenerator code = setter.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Stsfld, field);
        code.Emit(OpCodes.Ret);
        setter.Invoke(null, [value]);
    }
}
