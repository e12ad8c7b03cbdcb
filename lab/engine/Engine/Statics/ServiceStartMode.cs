// Windows PowerShell shows and sends this name; the assembly that has it is not part of the lab.
namespace System.ServiceProcess;

/// <summary>Start types that Set-Service takes.</summary>
public enum ServiceStartMode
{
    /// <summary>At boot.</summary>
    Automatic = 2,

    /// <summary>On demand.</summary>
    Manual = 3,

    /// <summary>Not at all.</summary>
    Disabled = 4,

    /// <summary>By the boot loader.</summary>
    Boot = 0,

    /// <summary>By the kernel.</summary>
    System = 1,
}
