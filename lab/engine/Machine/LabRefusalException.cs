namespace Firebreak.Lab.Machines;

/// <summary>The lab was asked for something that it cannot emulate faithfully: "the lab has no …". Never caught to pretend success.</summary>
public sealed class LabRefusalException : NotSupportedException
{
    /// <summary>The exit code of a program that the lab refused to emulate (ERROR_CALL_NOT_IMPLEMENTED).</summary>
    public const int ExitCode = 120;

    /// <summary>Creates the refusal; <paramref name="what"/> completes the sentence "the lab has no …".</summary>
    public LabRefusalException(string what) : base("the lab has no " + what)
    {
    }
}
