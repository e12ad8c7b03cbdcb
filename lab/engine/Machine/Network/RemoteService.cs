namespace Firebreak.Lab.Machines;

/// <summary>What of another machine is wanted.</summary>
public enum RemoteService
{
    /// <summary>File shares (445).</summary>
    Smb,

    /// <summary>No share but IPC$ (445): a connection alone, for every account.</summary>
    Ipc,

    /// <summary>WMI over DCOM (135).</summary>
    Wmi,

    /// <summary>The registry over the pipe winreg (445, service RemoteRegistry).</summary>
    Registry,

    /// <summary>The service control manager over the pipe svcctl (445).</summary>
    ServiceControl,

    /// <summary>The task scheduler over the pipe atsvc (445, service Schedule).</summary>
    Scheduler,
}
