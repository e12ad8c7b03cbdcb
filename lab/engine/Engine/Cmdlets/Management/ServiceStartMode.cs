// Named after the type that a client sees on Windows (System.ServiceProcess.ServiceStartMode).
namespace Microsoft.PowerShell.Commands;

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
