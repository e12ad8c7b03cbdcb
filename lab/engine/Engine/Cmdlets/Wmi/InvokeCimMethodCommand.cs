using System.Collections;
using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Cmdlets.Wmi;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.Management.Infrastructure.CimCmdlets;

/// <summary>Invoke-CimMethod.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "CimMethod", DefaultParameterSetName = "ClassNameComputerSet", SupportsShouldProcess = true), Since(3, 0)]
public sealed class InvokeCimMethodCommand : PSCmdlet
{
    /// <summary>Class name.</summary>
    [Parameter(Position = 0, ParameterSetName = "ClassNameComputerSet", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("Class")]
    public string ClassName { get; set; } = "";

    /// <summary>The instance.</summary>
    [Parameter(Position = 0, ParameterSetName = "CimInstanceComputerSet", Mandatory = true, ValueFromPipeline = true), Alias("CimInstance")]
    public PSObject? InputObject { get; set; }

    /// <summary>A query that gives instances.</summary>
    [Parameter(ParameterSetName = "QueryComputerSet", Mandatory = true)]
    public string Query { get; set; } = "";

    /// <summary>Method name.</summary>
    [Parameter(Position = 2, Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("Name")]
    public string MethodName { get; set; } = "";

    /// <summary>Arguments by name.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public IDictionary? Arguments { get; set; }

    /// <summary>Namespace.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Namespace { get; set; }

    /// <summary>Longest wait: makes no difference here.</summary>
    [Parameter, Alias("OT")]
    public uint OperationTimeoutSec { get; set; }

    /// <summary>On which computers: only this one.</summary>
    [Parameter, Alias("CN", "ServerName")]
    public string[]? ComputerName { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        LabComputer.MustBeLocal(ComputerName);
        SessionContext context = SessionContext.Current;
        string space = Namespace ?? "root/cimv2";
        try
        {
            foreach ((WmiClass known, WmiInstance? instance) in Targets(context, space).ToArray())
            {
                Invoke(context, known, instance);
            }
        }
        catch (WmiException error)
        {
            WriteError(new ErrorRecord(error, $"HRESULT 0x{error.Code:x8}", ErrorCategory.MetadataError, $"{space}:{ClassName}"));
        }
    }

    private void Invoke(SessionContext context, WmiClass known, WmiInstance? instance)
    {
        WmiMethod method = known.Methods.FirstOrDefault(m => m.Name.Equals(MethodName, StringComparison.OrdinalIgnoreCase)) ?? throw WmiException.InvalidMethod();
        var arguments = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry argument in Arguments ?? new Hashtable())
        {
            string name = LanguagePrimitives.ConvertTo<string>(argument.Key);
            arguments[name] = method.Parameters.Contains(name, StringComparer.OrdinalIgnoreCase) ? PSObject.Base(argument.Value) : throw WmiException.InvalidParameters(name);
        }
        if (ShouldProcess(known.Name, "Invoke-CimMethod: " + MethodName))
        {
            WriteObject(WmiObjects.Result(method.Invoke(context, instance, arguments), "Microsoft.Management.Infrastructure.CimMethodResult", context));
        }
    }

    private IEnumerable<(WmiClass Class, WmiInstance? Instance)> Targets(SessionContext context, string space)
    {
        if (InputObject is not null)
        {
            WmiInstance instance = WmiObjects.Find(InputObject, context);
            return [(instance.Class, instance)];
        }
        if (ParameterSetName != "QueryComputerSet")
        {
            return [(WmiRepository.Find(ClassName, space), null)];
        }
        WqlQuery query = WqlQuery.Parse(Query);
        WmiClass known = WmiRepository.Find(query.Class, space);
        Func<WmiInstance, bool> where = string.IsNullOrWhiteSpace(query.Where) ? _ => true : WqlFilter.Parse(query.Where);
        return known.Instances(context).Where(where).Select(i => (known, (WmiInstance?)i));
    }
}
