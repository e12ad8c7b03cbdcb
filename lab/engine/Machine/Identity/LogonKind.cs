namespace Firebreak.Lab.Machines;

/// <summary>How a process's account logged on: decides what it may do further.</summary>
public enum LogonKind
{
    /// <summary>Part of the system: services and tasks as SYSTEM.</summary>
    System,

    /// <summary>At the console, or a task with a stored password.</summary>
    Interactive,

    /// <summary>Over the network, credential known to the machine (Basic): still no Windows Update API, no wusa.</summary>
    NetworkCleartext,

    /// <summary>Over the network without an outbound credential (NTLM, Kerberos).</summary>
    Network,
}
