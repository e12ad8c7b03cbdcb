namespace Firebreak.Lab.Engine.Cmdlets;

/// <summary>No COM class is needed here.</summary>
internal static class ComClasses
{
    public static object? Make(string progId) => null;
}
