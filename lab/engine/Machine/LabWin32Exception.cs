namespace Firebreak.Lab.Machines;

/// <summary>A Windows error: its Win32 code and a short English text.</summary>
public sealed class LabWin32Exception(int code, string message) : Exception(message)
{
    /// <summary>The Win32 error code, e.g. 1060.</summary>
    public int Code { get; } = code;
}
