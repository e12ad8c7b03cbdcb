using System.Reflection;
using System.Reflection.Emit;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>
/// Stand-ins for .NET types that would reach past the emulation: each has the members of the real one, and every one of
/// them says that the lab has no such thing.
/// </summary>
public static class RefusedTypes
{
    private static readonly ModuleBuilder Module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Firebreak.Lab.Refused"), AssemblyBuilderAccess.Run).DefineDynamicModule("refused");
    private static readonly MethodInfo Refusal = typeof(RefusedTypes).GetMethod(nameof(Refuse), BindingFlags.Static | BindingFlags.Public)!;

    /// <summary>Makes the stand-in of a type.</summary>
    internal static Type Make(Type real)
    {
        // The name is what PowerShell's own messages show where no member is involved.
        TypeBuilder type = Module.DefineType("the lab has no " + real.FullName!.Replace('+', '.'), TypeAttributes.Public | TypeAttributes.Class);
        string name = $"[{real.FullName}]";
        Throw(type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(object[])]), name);
        Throw(type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator(), name);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (MemberInfo member in real.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            if (!seen.Add(member.Name))
            {
                continue;
            }
            switch (member)
            {
                case MethodInfo { IsSpecialName: false }:
                    MethodBuilder method = type.DefineMethod(member.Name, MethodAttributes.Public | MethodAttributes.Static, typeof(object), [typeof(object[])]);
                    Variable(method.DefineParameter(1, ParameterAttributes.None, "arguments"));
                    Throw(method.GetILGenerator(), name);
                    break;
                case PropertyInfo or FieldInfo:
                    MethodBuilder getter = type.DefineMethod("get_" + member.Name, MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.SpecialName, typeof(object), []);
                    Throw(getter.GetILGenerator(), name);
                    type.DefineProperty(member.Name, PropertyAttributes.None, typeof(object), null).SetGetMethod(getter);
                    break;
            }
        }
        return type.CreateType();
    }

    /// <summary>Makes the stand-in of a type that there is only on Windows.</summary>
    internal static Type MakeNamed(string name)
    {
        TypeBuilder type = Module.DefineType("the lab has no " + name, TypeAttributes.Public | TypeAttributes.Class);
        Throw(type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(object[])]), $"[{name}]");
        return type.CreateType();
    }

    /// <summary>What every member of a stand-in does.</summary>
    public static Exception Refuse(string name) => new LabRefusalException(name);

    private static void Throw(ConstructorBuilder constructor, string name)
    {
        Variable(constructor.DefineParameter(1, ParameterAttributes.None, "arguments"));
        Throw(constructor.GetILGenerator(), name);
    }

    private static void Throw(ILGenerator code, string name)
    {
        code.Emit(OpCodes.Ldstr, name);
        code.Emit(OpCodes.Call, Refusal);
        code.Emit(OpCodes.Throw);
    }

    private static void Variable(ParameterBuilder parameter) =>
        parameter.SetCustomAttribute(new CustomAttributeBuilder(typeof(ParamArrayAttribute).GetConstructor([])!, []));
}
