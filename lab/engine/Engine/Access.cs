// Lets this assembly use the internals of Microsoft's engine at run time; at compile time the public copy does (Publicize).
[assembly: System.Runtime.CompilerServices.IgnoresAccessChecksTo("System.Management.Automation")]

namespace System.Runtime.CompilerServices
{
    /// <summary>Known to the runtime by name: no access checks against members of the named assembly.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        /// <summary>The assembly whose internals may be used.</summary>
        public string AssemblyName { get; } = assemblyName;
    }
}
