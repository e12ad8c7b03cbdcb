using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Member.</summary>
[Cmdlet(VerbsCommon.Get, "Member")]
public sealed class GetMemberCommand : PSCmdlet
{
    private readonly HashSet<string> _types = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The object.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0), ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Kinds of member.</summary>
    [Parameter, Alias("Type")]
    public PSMemberTypes MemberType { get; set; } = PSMemberTypes.All;

    /// <summary>Where the members come from.</summary>
    [Parameter]
    public PSMemberViewTypes View { get; set; } = PSMemberViewTypes.Adapted | PSMemberViewTypes.Extended;

    /// <summary>Static members.</summary>
    [Parameter]
    public SwitchParameter Static { get; set; }

    /// <summary>Hidden members too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }
        if (Static)
        {
            throw new Firebreak.Lab.Machines.LabRefusalException("Get-Member -Static");
        }
        string type = InputObject.TypeNames.FirstOrDefault() ?? InputObject.BaseObject.GetType().FullName!;
        if (!_types.Add(type))
        {
            return;
        }
        foreach (string name in Name)
        {
            foreach (PSMemberInfo member in InputObject.Members.Match(name, MemberType).OrderBy(m => m.MemberType).ThenBy(m => m.Name, StringComparer.OrdinalIgnoreCase))
            {
                if (!Force && (member.Name.StartsWith("get_", StringComparison.Ordinal) || member.Name.StartsWith("set_", StringComparison.Ordinal)))
                {
                    continue;
                }
                var definition = new PSObject();
                definition.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.MemberDefinition");
                definition.Properties.Add(new PSNoteProperty("TypeName", type));
                definition.Properties.Add(new PSNoteProperty("Name", member.Name));
                definition.Properties.Add(new PSNoteProperty("MemberType", member.MemberType));
                definition.Properties.Add(new PSNoteProperty("Definition", member.ToString()));
                WriteObject(definition);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_types.Count == 0)
        {
            WriteError(new ErrorRecord(
                new InvalidOperationException("You must specify an object for the Get-Member cmdlet."), "NoObjectInGetMember", ErrorCategory.CloseError, null));
        }
    }
}
