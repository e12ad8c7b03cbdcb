namespace Firebreak.Lab.Machines;

/// <summary>Start type of a service, with the numbers of the registry value Start.</summary>
public enum ServiceStart
{
    /// <summary>By the boot loader.</summary>
    Boot = 0,

    /// <summary>By the kernel.</summary>
    System = 1,

    /// <summary>At boot by the service control manager.</summary>
    Automatic = 2,

    /// <summary>On demand.</summary>
    Manual = 3,

    /// <summary>Not at all.</summary>
    Disabled = 4,
}
