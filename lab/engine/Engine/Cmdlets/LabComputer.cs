using System.Management.Automation;
using System.Runtime.InteropServices;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets;

/// <summary>-ComputerName: WMI over DCOM reaches other machines of the lab; all else its own machine only.</summary>
internal static class LabComputer
{
    private const int RpcUnavailable = unchecked((int)0x800706BA);

    /// <summary>Refuses any other computer.</summary>
    public static void MustBeLocal(IEnumerable<string>? names)
    {
        if (names?.FirstOrDefault(n => !IsLocal(n)) is { } other)
        {
            throw new LabRefusalException($"way from a session to another computer ({other})");
        }
    }

    /// <summary>Whether a name is this machine's.</summary>
    public static bool IsLocal(string name)
    {
        SessionContext context = SessionContext.Current;
        string[] own = [".", "localhost", "127.0.0.1", "::1", context.Machine.Name, context.Machine.Address.ToString()];
        return own.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>WMI of a computer.</summary>
    /// <exception cref="UnauthorizedAccessException">The logon there was refused, or is no administrator's.</exception>
    /// <exception cref="COMException">It is not there, or does not answer.</exception>
    public static SessionContext Wmi(string name, PSCredential? credential)
    {
        SessionContext context = SessionContext.Current;
        bool isOther = credential is not null && credential != PSCredential.Empty;
        if (IsLocal(name))
        {
            return isOther
                ? throw new InvalidOperationException("User credentials cannot be used for local connections ")
                : context;
        }
        try
        {
            RemoteCredential? used = isOther ? new(credential!.UserName, credential.GetNetworkCredential().Password) : null;
            return SessionContext.On(context.Program.Remote.Reach(context.Machine, context.Program, name, RemoteService.Wmi, used));
        }
        catch (LabWin32Exception error) when (error.Code == RemoteAccess.RpcUnavailable)
        {
            throw new COMException("The RPC server is unavailable. (Exception from HRESULT: 0x800706BA)", RpcUnavailable);
        }
        catch (LabWin32Exception error) when (error.Code is RemoteAccess.ClassNotRegistered or 1058)
        {
            throw error.Code == 1058
                ? new COMException(error.Message + " (Exception from HRESULT: 0x80070422)", unchecked((int)0x80070422))
                : new COMException("Class not registered (Exception from HRESULT: 0x80040154 (REGDB_E_CLASSNOTREG))", error.Code);
        }
        catch (LabWin32Exception error)
        {
            // DCOM says no more of a refused logon than of missing rights.
            throw new UnauthorizedAccessException("Access is denied. (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))", error);
        }
    }
}
