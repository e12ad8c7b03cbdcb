using System.Collections;
using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Cmdlets.Wmi;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-WmiObject.</summary>
[Cmdlet(VerbsCommon.Get, "WmiObject", DefaultParameterSetName = "query")]
public sealed class GetWmiObjectCommand : PSCmdlet
{
    /// <summary>Class name.</summary>
    [Parameter(Position = 0, ParameterSetName = "query", Mandatory = true), Alias("ClassName")]
    public string Class { get; set; } = "";

    /// <summary>Properties to get.</summary>
    [Parameter(Position = 1, ParameterSetName = "query")]
    public string[]? Property { get; set; }

    /// <summary>WHERE clause.</summary>
    [Parameter(ParameterSetName = "query")]
    public string? Filter { get; set; }

    /// <summary>Whole query.</summary>
    [Parameter(ParameterSetName = "WQLQuery", Mandatory = true)]
    public string Query { get; set; } = "";

    /// <summary>Namespace.</summary>
    [Parameter, Alias("NS")]
    public string Namespace { get; set; } = @"root\cimv2";

    /// <summary>On which computers.</summary>
    [Parameter, Alias("Cn")]
    public string[]? ComputerName { get; set; }

    /// <summary>As whom, on other computers.</summary>
    [Parameter, Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>With localised texts: makes no difference here.</summary>
    [Parameter]
    public SwitchParameter Amended { get; set; }

    /// <summary>From the provider itself: makes no difference here.</summary>
    [Parameter]
    public SwitchParameter DirectRead { get; set; }

    /// <summary>With all privileges: what Win32Shutdown on another computer needs.</summary>
    [Parameter]
    public SwitchParameter EnableAllPrivileges { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        foreach (string computer in ComputerName ?? ["."])
        {
            try
            {
                string name = computer;
                SessionContext context = LabComputer.Wmi(name, Credential).With(EnableAllPrivileges);
                Ask(context, LabComputer.IsLocal(name) ? null : () => LabComputer.Wmi(name, Credential).With(EnableAllPrivileges));
            }
            catch (System.Runtime.InteropServices.COMException error)
            {
                WriteError(new ErrorRecord(error, "GetWMICOMException", ErrorCategory.InvalidOperation, null));
            }
        }
    }

    private void Ask(SessionContext context, Func<SessionContext>? again)
    {
        string[]? only = Property is null or ["*"] ? null : Property;
        try
        {
            WqlQuery query = ParameterSetName == "WQLQuery" ? WqlQuery.Parse(Query) : new WqlQuery(only, Class, Filter);
            WmiClass known = WmiRepository.Find(query.Class, Namespace);
            Func<WmiInstance, bool> where = string.IsNullOrWhiteSpace(query.Where) ? _ => true : WqlFilter.Parse(query.Where);
            foreach (WmiInstance instance in known.Instances(context).Where(where))
            {
                WriteObject(WmiObjects.Wmi(instance, context, query.Properties, Namespace.Replace('/', '\\'), again));
            }
        }
        catch (WmiException error)
        {
            ErrorCategory category = error.Code == 0x80041010 ? ErrorCategory.InvalidType : ErrorCategory.InvalidArgument;
            WriteError(new ErrorRecord(error, "GetWMIManagementException", category, null));
        }
    }
}
