namespace Firebreak.Lab.Machines;

/// <summary>State of a package on a machine.</summary>
public enum PackageState
{
    /// <summary>Not there.</summary>
    Absent,

    /// <summary>Installed, its effects wait for the restart.</summary>
    Pending,

    /// <summary>Installed.</summary>
    Installed,

    /// <summary>Removed, its files go with the restart.</summary>
    Leaving,
}
