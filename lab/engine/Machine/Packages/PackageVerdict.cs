namespace Firebreak.Lab.Machines;

/// <summary>What an installer finds before it starts.</summary>
internal enum PackageVerdict
{
    Applicable,
    Installed,
    Pending,
    NotApplicable,
    PrerequisiteMissing,
}
