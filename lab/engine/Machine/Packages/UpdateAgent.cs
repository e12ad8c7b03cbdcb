namespace Firebreak.Lab.Machines;

/// <summary>
/// The Windows Update Agent: offers the .msu packages that a machine knows and that fit it, as if its update service had
/// them all, and installs them. Sessions that came over the network may search and nothing else, as on Windows.
/// </summary>
/// <param name="machine">The machine.</param>
/// <param name="context">Who asks.</param>
public sealed class UpdateAgent(Machine machine, ProgramContext context)
{
    private const int AccessDenied = unchecked((int)0x80070005);
    private const int ServiceDisabled = unchecked((int)0x80070422);
    private const int InstallNotAllowed = unchecked((int)0x80240016);
    private const int NotApplicable = unchecked((int)0x80240017);

    /// <summary>Updates that are installed, or else those that fit and are not.</summary>
    /// <exception cref="LabWin32Exception">The agent's service is disabled.</exception>
    public IReadOnlyList<PackageProfile> Search(bool installed)
    {
        CheckService();
        return [.. machine.Packages.Known.Where(p => p.Engine == "wusa" && IsListed(p, installed))];
    }

    /// <summary>Whether it waits for a restart.</summary>
    public bool IsPending(PackageProfile package) => machine.Packages.StateOf(package.Package) == PackageState.Pending;

    /// <summary>Whether the machine wants a restart for an update.</summary>
    public bool NeedsRestart => machine.Packages.Pending.Count > 0;

    /// <summary>Whether an installer is at work.</summary>
    public bool IsBusy => machine.Packages.Busy;

    /// <summary>Refuses what only a process of the machine itself may do.</summary>
    /// <exception cref="LabWin32Exception">E_ACCESSDENIED in a session that came over the network.</exception>
    public void CheckCaller()
    {
        CheckService();
        if (context.Logon is LogonKind.Network or LogonKind.NetworkCleartext || !context.IsAdmin)
        {
            throw new LabWin32Exception(AccessDenied, "Access is denied. (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))");
        }
    }

    /// <summary>Installs one update on this thread: 0, or an HRESULT of failure.</summary>
    public int Install(PackageProfile package)
    {
        if (machine.Packages.Judge(package) is not (PackageVerdict.Applicable or PackageVerdict.Pending))
        {
            return NotApplicable;
        }

        if (IsPending(package))
        {
            return 0;
        }

        int? exitCode = machine.Packages.Install(package, "UpdateAgent", context.Cancellation);
        return exitCode is null ? InstallNotAllowed : exitCode is 0 or 3010 ? 0 : exitCode.Value;
    }

    private bool IsListed(PackageProfile package, bool installed) => machine.Packages.Judge(package) switch
    {
        PackageVerdict.Applicable => !installed,
        // Until the restart an update is listed as not installed.
        PackageVerdict.Pending => !installed,
        PackageVerdict.Installed => installed,
        _ => false,
    };

    private void CheckService()
    {
        if (machine.Services.Get("wuauserv") is not { } service || service.Start == ServiceStart.Disabled)
        {
            throw new LabWin32Exception(ServiceDisabled, "The service cannot be started, either because it is disabled or because it has no enabled devices associated with it. (Exception from HRESULT: 0x80070422)");
        }
    }
}
