namespace Firebreak.Lab.Engine.Cmdlets;

/// <summary>The first version of Windows PowerShell that has the cmdlet; machines with an older one do not offer it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SinceAttribute(int major, int minor) : Attribute
{
    /// <summary>That version.</summary>
    public Version Version { get; } = new(major, minor);
}
