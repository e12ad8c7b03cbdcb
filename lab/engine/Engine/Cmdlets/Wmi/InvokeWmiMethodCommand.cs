using System.Collections;
using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Cmdlets.Wmi;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Invoke-WmiMethod.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "WmiMethod", DefaultParameterSetName = "class", SupportsShouldProcess = true)]
public sealed class InvokeWmiMethodCommand : PSCmdlet
{
    /// <summary>The instance.</summary>
    [Parameter(ParameterSetName = "object", Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Class name.</summary>
    [Parameter(Position = 0, ParameterSetName = "class", Mandatory = true)]
    public string Class { get; set; } = "";

    /// <summary>Path of an instance or class.</summary>
    [Parameter(ParameterSetName = "path", Mandatory = true)]
    public string Path { get; set; } = "";

    /// <summary>Method name.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    public string Name { get; set; } = "";

    /// <summary>Arguments, in the alphabetical order of the parameters' names.</summary>
    [Parameter(Position = 2), Alias("Args"), AllowNull, AllowEmptyCollection]
    public object?[]? ArgumentList { get; set; }

    /// <summary>Namespace.</summary>
    [Parameter, Alias("NS")]
    public string Namespace { get; set; } = @"root\cimv2";

    /// <summary>On which computers.</summary>
    [Parameter, Alias("Cn")]
    public string[]? ComputerName { get; set; }

    /// <summary>As whom, on other computers.</summary>
    [Parameter, Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>With all privileges: what Win32Shutdown on another computer needs.</summary>
    [Parameter]
    public SwitchParameter EnableAllPrivileges { get; set; }

    /// <summary>Arguments in the order of the method itself: for the methods of objects.</summary>
    [Parameter(DontShow = true)]
    public SwitchParameter ByPosition { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null && WmiObjects.Origin(InputObject) is { } origin)
        {
            Call(origin.HasPrivileges ? origin : origin.With(EnableAllPrivileges));
            return;
        }
        if (InputObject?.Properties["__SERVER"]?.Value is string server && !LabComputer.IsLocal(server))
        {
            throw new LabRefusalException($"methods of a copy of an object of another computer ({server}): name the computer by -ComputerName");
        }
        foreach (string computer in ComputerName ?? ["."])
        {
            try
            {
                Call(LabComputer.Wmi(ComputerOf(Path) ?? computer, Credential).With(EnableAllPrivileges));
            }
            catch (System.Runtime.InteropServices.COMException error)
            {
                WriteError(new ErrorRecord(error, "InvokeWMICOMException", ErrorCategory.InvalidOperation, null));
            }
        }
    }

    // \\computer\namespace:Class…
    private static string? ComputerOf(string path) => path.StartsWith(@"\\", StringComparison.Ordinal) ? path[2..].Split('\\')[0] : null;

    private void Call(SessionContext context)
    {
        try
        {
            (WmiClass known, WmiInstance? instance) = Target(context);
            WmiMethod method = known.Methods.FirstOrDefault(m => m.Name.Equals(Name, StringComparison.OrdinalIgnoreCase)) ?? throw WmiException.InvalidMethod();
            if (!ShouldProcess($"{known.Name} ({Name})"))
            {
                return;
            }
            object?[] given = [.. (ArgumentList ?? []).Select(PSObject.Base)];
            IEnumerable<string> order = ByPosition ? method.Parameters : method.Parameters.Order(StringComparer.OrdinalIgnoreCase);
            string[] names = [.. order];
            if (given.Length > names.Length)
            {
                throw WmiException.InvalidParameters("");
            }
            Dictionary<string, object?> arguments = names.Zip(given).ToDictionary(p => p.First, p => p.Second, StringComparer.OrdinalIgnoreCase);
            WmiResult result = method.Invoke(context, instance, arguments);
            WriteObject(WmiObjects.Result(result, @"System.Management.ManagementBaseObject#\__PARAMETERS", context));
        }
        catch (WmiException error)
        {
            WriteError(new ErrorRecord(error, "InvokeWMIManagementException", ErrorCategory.InvalidOperation, null));
        }
    }

    private (WmiClass Class, WmiInstance? Instance) Target(SessionContext context)
    {
        if (InputObject is not null)
        {
            WmiInstance instance = WmiObjects.Find(InputObject, context);
            return (instance.Class, instance);
        }
        if (ParameterSetName == "class")
        {
            return (WmiRepository.Find(Class, Namespace), null);
        }
        string space = ComputerOf(Path) is { } computer && Path.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? Path[(computer.Length + 3)..colon] : Namespace;
        string relative = Path[(Path.IndexOf(':', StringComparison.Ordinal) + 1)..];
        int at = relative.IndexOfAny(['.', '=']);
        WmiClass known = WmiRepository.Find(at < 0 ? relative : relative[..at], space);
        if (at < 0)
        {
            return (known, null);
        }
        string keys = relative[at] == '=' ? known.Keys[0] + relative[at..] : relative[(at + 1)..];
        Func<WmiInstance, bool> where = WqlFilter.Parse(keys.Replace(",", " AND ", StringComparison.Ordinal));
        return (known, known.Instances(context).FirstOrDefault(where) ?? throw WmiException.NotFound(Path));
    }
}
