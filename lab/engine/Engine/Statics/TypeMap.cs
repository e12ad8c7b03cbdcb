namespace Firebreak.Lab.Engine.Statics;

/// <summary>Which .NET types of a script are the lab's.</summary>
internal static class TypeMap
{
    /// <summary>Registers them.</summary>
    public static void Register()
    {
    }
}
