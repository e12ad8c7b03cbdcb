using System.Collections;
using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Cmdlets.Wmi;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.Management.Infrastructure.CimCmdlets;

/// <summary>Get-CimInstance.</summary>
[Cmdlet(VerbsCommon.Get, "CimInstance", DefaultParameterSetName = "ClassNameComputerSet"), Since(3, 0)]
public sealed class GetCimInstanceCommand : PSCmdlet
{
    /// <summary>Class name.</summary>
    [Parameter(Position = 0, ParameterSetName = "ClassNameComputerSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string ClassName { get; set; } = "";

    /// <summary>An instance to read again.</summary>
    [Parameter(Position = 0, ParameterSetName = "CimInstanceComputerSet", Mandatory = true, ValueFromPipeline = true), Alias("CimInstance")]
    public PSObject? InputObject { get; set; }

    /// <summary>Whole query.</summary>
    [Parameter(ParameterSetName = "QueryComputerSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string Query { get; set; } = "";

    /// <summary>Language of the query: WQL.</summary>
    [Parameter]
    public string? QueryDialect { get; set; }

    /// <summary>WHERE clause.</summary>
    [Parameter(ParameterSetName = "ClassNameComputerSet", ValueFromPipelineByPropertyName = true)]
    public string? Filter { get; set; }

    /// <summary>Properties to get.</summary>
    [Parameter(ParameterSetName = "ClassNameComputerSet", ValueFromPipelineByPropertyName = true), Alias("SelectProperties")]
    public string[]? Property { get; set; }

    /// <summary>Namespace.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Namespace { get; set; }

    /// <summary>Only the keys.</summary>
    [Parameter]
    public SwitchParameter KeyOnly { get; set; }

    /// <summary>Only instances of the class itself: makes no difference here.</summary>
    [Parameter]
    public SwitchParameter Shallow { get; set; }

    /// <summary>Longest wait: makes no difference here.</summary>
    [Parameter, Alias("OT")]
    public uint OperationTimeoutSec { get; set; }

    /// <summary>On which computers: only this one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Alias("CN", "ServerName")]
    public string[]? ComputerName { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        LabComputer.MustBeLocal(ComputerName);
        SessionContext context = SessionContext.Current;
        string space = Namespace ?? "root/cimv2";
        string name = ClassName;
        try
        {
            if (InputObject is not null)
            {
                WriteObject(WmiObjects.Cim(WmiObjects.Find(InputObject, context), context, null, space));
                return;
            }
            WqlQuery query = ParameterSetName == "QueryComputerSet" ? WqlQuery.Parse(Query) : new WqlQuery(Property, ClassName, Filter);
            name = query.Class;
            WmiClass known = WmiRepository.Find(query.Class, space);
            Func<WmiInstance, bool> where = string.IsNullOrWhiteSpace(query.Where) ? _ => true : WqlFilter.Parse(query.Where);
            foreach (WmiInstance instance in known.Instances(context).Where(where))
            {
                WriteObject(WmiObjects.Cim(instance, context, KeyOnly ? [] : query.Properties, space));
            }
        }
        catch (WmiException error)
        {
            WriteError(new ErrorRecord(error, $"HRESULT 0x{error.Code:x8}", error.Code == 0x80041017 ? ErrorCategory.InvalidArgument : ErrorCategory.MetadataError, $"{space}:{name}"));
        }
    }
}
